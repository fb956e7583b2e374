import Testing

/// Arguments that make no sense, on a run that does.
@Suite struct BadArgumentTests {
  private static let cases: [(arguments: String, message: String)] = [
    ("fly", "Unexpected argument 'fly'"),
    ("run nothing", "unknown run `nothing`; choose from quickstart"),
    ("run absent.yaml", "absent.yaml: cannot read (No such file or directory); check the path"),
    ("run pictures", "unknown run `pictures`"),
    ("run images", "image-folder: no folder was given; give the path (--data) of a folder"),
    ("run images --data nowhere", "nowhere: is not there"),
    ("run ./images", "./images: cannot read (Is a directory)"),
    ("run run.yaml --fly", "Unknown option '--fly'"),
    ("run run.yaml", "runs/tiny: holds a run already; add --resume"),
    ("run run.yaml --name a/b", "--name a/b: use letters"),
    ("run run.yaml --name ..", "--name ..: use letters"),
    ("run run.yaml --epochs 0", "--epochs 0: give a number from 1"),
    ("run run.yaml --epochs -1", "--epochs -1: no option takes a negative number"),
    ("run run.yaml --epochs two", "The value 'two' is invalid for '--epochs"),
    ("run run.yaml --seed -1", "--seed -1: no option takes a negative number"),
    ("run run.yaml --name y --threads 0", "threads 0: give a number from 1 to 1024"),
    ("run run.yaml --checkpoint-seconds -1", "--checkpoint-seconds -1: no option takes"),
    ("run run.yaml --checkpoint-seconds nan", "--checkpoint-seconds nan: give 0 or more"),
    ("run run.yaml --name y --device tpu", "device \"tpu\": choose auto, cpu"),
    ("run run.yaml --name y --device opencl:99", "device \"opencl:99\": "),
    ("run run.yaml --name y --folder /proc/none", "/proc/none: cannot be made"),
    ("run run.yaml --name y --folder space.yaml", "space.yaml/y: cannot be made: Not a directory"),
    ("search nowhere", "unknown space `nowhere`; choose from mobilenet-28"),
    ("search runs/tiny --candidates 0", "--candidates 0: give a number from 1 to 1000000"),
    ("search runs/tiny --budgets-ms -2", "--budgets-ms -2: no option takes a negative number"),
    ("search runs/tiny --budgets-ms 0", "--budgets-ms: give numbers above 0"),
    ("search runs/tiny --epochs 3", "--epochs: runs/tiny is a run, which is judged with its own"),
    ("search runs/tiny --table x.csv", "--table: runs/tiny is a run, which is judged with its own"),
    ("search runs/tiny --strategy guess", "no strategy is named \"guess\""),
    ("search runs/tiny --targets tpu", "device \"tpu\": choose auto, cpu"),
    ("evaluate nowhere", "nowhere: holds no run"),
    ("evaluate runs/tiny", "--architecture is needed"),
    ("evaluate runs/tiny --architecture biggest", "--architecture: \"biggest\" is not of the form"),
    ("evaluate runs/tiny --architecture resolution=13", "no option \"13\": choose one of 12, 16"),
    ("evaluate runs/tiny --architecture depth=1", "no dimension is named \"depth\""),
    ("evaluate runs/tiny --architecture largest --split all", "The value 'all' is invalid"),
    ("evaluate runs/tiny --architecture largest --data images", "is a run, which knows its images"),
    ("evaluate runs/tiny/checkpoint.safetensors", "not an exported subnet"),
    ("export runs/tiny --architecture largest -o x.bin", "must end in .onnx or .safetensors"),
    ("export runs/tiny --architecture largest -o no/x.safetensors", "no/x.json: cannot write"),
    ("time runs/tiny --batch 0", "--batch: give numbers from 1 to 65536"),
    ("time runs/tiny --batch -3", "--batch -3: no option takes a negative number"),
    ("time runs/tiny --seconds 0", "--seconds 0.0: give a number from 0.001"),
    ("time runs/tiny --sample 0", "--sample 0: give a number from 1"),
    ("time runs/tiny --architectures absent", "absent: cannot read (No such file"),
    ("time runs/tiny --json --csv", "--json, --csv: give one of them"),
    ("time nothing", "unknown space `nothing`; choose from mobilenet-28"),
    ("check --devices tpu", "device \"tpu\": choose auto, cpu"),
    ("spaces nothing", "unknown space `nothing`"),
  ]

  @Test func areToldOnOneLine() throws {
    let workspace = try TrainedRun.copy()
    let before = workspace.files(below: "runs")
    for (arguments, message) in Self.cases {
      let outcome = try workspace.supernet(arguments.split(separator: " ").map(String.init))
      expectOneLine(outcome, message)
    }
    #expect(workspace.files(below: "runs") == before)
  }

  @Test func aBudgetThatNothingFitsIsAnError() throws {
    let workspace = try TrainedRun.copy()
    let outcome = try workspace.supernet(
      "search", "runs/tiny", "--candidates", "2", "--budgets-ms", "0.000001", "--threads", "1")
    expectOneLine(outcome, "none of the subnets fits")
    #expect(!workspace.exists("runs/tiny/summary.json"), "the old one is of another search")
  }

  @Test func hostileTextStaysOneLine() throws {
    let outcome = try Workspace().supernet("run", "a\nb\u{1B}[31m.yaml")
    expectOneLine(outcome, "cannot read")
    #expect(!outcome.errors.contains("\u{1B}"))
  }
}
