/// How a series is drawn, so that eight colours and three dashes tell 24 apart.
struct Stroke {
  let colour: String
  let dash: String

  /// Okabe and Ito's colours, which the colour-blind tell apart too, yellow left out: on white it is
  /// hard to see ("Color Universal Design", 2008).
  private static let colours = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#7f5fa8",
  ]
  private static let dashes = ["none", "6 3", "2 2"]

  init(of index: Int) {
    colour = Self.colours[index % Self.colours.count]
    dash = Self.dashes[index / Self.colours.count % Self.dashes.count]
  }
}
