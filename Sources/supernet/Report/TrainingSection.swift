import Charts
import Export
import Terminal

/// What a report tells of a run's training: losses, accuracies of sampled subnets, rate, throughput.
struct TrainingSection {
  let contents: RunContents

  private var curve: TrainingCurve { contents.curve }
  private var space: any NetworkSpace { contents.space }

  var section: ReportSection {
    var section = ReportSection("Training")
    guard !curve.rows.isEmpty else {
      section.blocks = [
        .absent(
          "No training curve is in the folder: the run has not been trained, or by an older "
            + "version. This trains it:",
          command: "supernet train RUN.yaml")
      ]
      return section
    }
    let recipe = contents.configuration.training
    let ending =
      if contents.epochs >= Double(recipe.epochs) {
        "."
      } else if curve.isExhausted(recipe) {
        ": it ended early, when accuracies no longer rose."
      } else {
        ": training was stopped, or is at work."
      }
    section.blocks.append(
      .text(
        "\(space.name), \(Readable.scientific(space.searchSpace.count)) subnets that share their "
          + "weights, was trained for \(Readable.significant(contents.epochs)) of "
          + "\(recipe.epochs) epochs in batches of \(recipe.imagesPerStep)"
          + ending))
    section.blocks.append(
      .pictures([losses, accuracies, rate, throughput].compactMap(\.self)))
    return section
  }

  private func series(
    _ name: String, _ column: TrainingCurve.Column, times scale: Double = 1
  ) -> LineChart.Series? {
    let points = curve.points(column)
    guard !points.isEmpty else { return nil }
    return LineChart.Series(name, points.map { .init(x: $0.epoch, y: $0.value * scale) })
  }

  private func picture(
    _ name: String, _ title: String, _ label: String, _ series: [LineChart.Series?],
    fromZero: Bool = false, caption: String
  ) -> ReportPicture? {
    let series = series.compactMap(\.self)
    guard !series.isEmpty else { return nil }
    let values = series.flatMap { $0.points.map(\.y) }
    let chart = LineChart(
      x: Axis("epoch", over: 0...max(contents.epochs, 1e-3)),
      y: Axis(label, fitting: values, fromZero: fromZero), series)
    return ReportPicture(name, Figure(title, [chart]), caption: caption)
  }

  private var losses: ReportPicture? {
    let isSandwich = curve.rows.contains { $0[.lossLargest] != nil }
    return picture(
      "training-loss", "Training loss", "cross-entropy (nats)",
      [
        series("largest subnet", .lossLargest),
        series(isSandwich ? "random subnets" : "sampled subnets", .lossRandom),
        series("smallest subnet", .lossSmallest),
      ],
      caption: isSandwich
        ? "The largest subnet learns from the labels, the others from its predictions; each point "
          + "is the loss of one batch."
        : "Sampled subnets learn from the labels; each point is the mean loss of one batch.")
  }

  private var accuracies: ReportPicture? {
    let names: [(String, TrainingCurve.Column)] = [
      ("largest subnet", .top1Largest), ("random subnet 1", .top1Random1),
      ("random subnet 2", .top1Random2), ("random subnet 3", .top1Random3),
      ("smallest subnet", .top1Smallest),
    ]
    let lines = names.compactMap { series($0, $1, times: 100) }
    // After the first epoch there is a point each, and no line yet.
    let isPoint = lines.allSatisfy { $0.points.count == 1 }
    return picture(
      "training-accuracy", "Accuracy of sampled subnets", "validation top-1 (%)",
      lines.map { LineChart.Series($0.name, $0.points, isPoint ? .diamond : .line) },
      caption:
        "After each epoch, with batch norm recalibrated, on a part of the validation images. "
        + "The random subnets are the same ones throughout.")
  }

  private var rate: ReportPicture? {
    picture(
      "learning-rate", "Learning rate", "learning rate", [series("rate", .learningRate)],
      fromZero: true, caption: "Linear warm-up, then exponential decay to a constant ending.")
  }

  private var throughput: ReportPicture? {
    picture(
      "throughput", "Throughput", "images per second", [series("training", .imagesPerSecond)],
      fromZero: true,
      caption: "Each image goes through all subnets of its step; checkpoints and validation are "
        + "left out. What else the machine was doing shows.")
  }
}
