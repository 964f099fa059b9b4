import ArgumentParser

/// The dimensions of a transformer layer to be measured.
struct LayerOptions: ParsableArguments {
  @Option(help: "The hidden size.")
  var hidden = 64

  @Option(help: "The feed-forward size.")
  var intermediate = 172

  @Option(help: "Query heads.")
  var heads = 8

  @Option(help: "Key/value heads.")
  var kvHeads = 4

  /// Requires all of them to be positive.
  func check() throws {
    for (value, option) in [
      (hidden, "hidden"), (intermediate, "intermediate"), (heads, "heads"), (kvHeads, "kv-heads"),
    ] {
      try value.require(1..., option: "--\(option)", expected: "at least 1")
    }
  }
}
