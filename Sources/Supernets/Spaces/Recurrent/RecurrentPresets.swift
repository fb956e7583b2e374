/// The recurrent spaces that come with the program.
extension SpaceCatalogue {
  static let recurrentPresets = [
    Preset(
      name: "rnn-28", summary: "28x28 grey images, row by row: LSTM, GRU or a searched cell",
      yaml: """
        name: rnn-28
        kind: recurrent
        input: {channels: 1, resolution: 28}
        classes: 10
        cells: [rnn, gru, lstm]
        hidden: [32, 64, 128]
        layers: [1, 2]
        steps: [1, 2, 3]
        activation: [relu, sigmoid, tanh]

        """)
  ]
}
