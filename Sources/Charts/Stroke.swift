/// How a series is drawn, so that eight colours and three dashes tell 24 apart.
struct Stroke {
  let colour: String
  let dash: String
  /// Classes that the dark scheme gives another colour: of lines, and of what is filled.
  let lineClass, fillClass: String

  /// Okabe and Ito's colours, which the colour-blind tell apart too; beside each its hue for the dark.
  ///
  /// Yellow is left out: on white it is hard to see ("Color Universal Design", 2008).
  private static let colours = [
    ("#0072b2", "#4aa3df"), ("#d55e00", "#ff8a3d"), ("#009e73", "#2fc79a"),
    ("#cc79a7", "#e39ac4"), ("#56b4e9", "#8fd0f7"), ("#e69f00", "#ffc24d"),
    ("#000000", "#f0f0f0"), ("#7f5fa8", "#b295dc"),
  ]
  private static let dashes = ["none", "6 3", "2 2"]

  init(of index: Int) {
    let number = index % Self.colours.count
    colour = Self.colours[number].0
    dash = Self.dashes[index / Self.colours.count % Self.dashes.count]
    (lineClass, fillClass) = ("s\(number)", "f\(number)")
  }

  private init(colour: String, dash: String, lineClass: String, fillClass: String) {
    (self.colour, self.dash) = (colour, dash)
    (self.lineClass, self.fillClass) = (lineClass, fillClass)
  }

  /// Of what others are compared with, and nobody measured.
  static let reference = Stroke(
    colour: "#767676", dash: "5 4", lineClass: "edge", fillClass: "edge")

  /// The dark scheme, for figures that stand alone and for those inside of pages; attributes are the
  /// light one, so that programs without style sheets draw it.
  static let darkScheme: String = {
    let series = colours.enumerated().map { number, pair in
      ".figure .s\(number){stroke:\(pair.1)}.figure .f\(number){fill:\(pair.1)}"
    }
    return "@media screen and (prefers-color-scheme:dark){.figure{fill:#e4e7eb}"
      + ".figure .paper{fill:#14181d}.figure .grid{stroke:#343b44}.figure .edge{stroke:#8b949e}"
      + series.joined() + "}"
  }()
}
