/// What verification needs of a model's public constants (Formats.md, "Constants").
///
/// The others are bound by the key's digest as bytes; they matter to provers, and the tokenizer to people.
struct ModelConstants: Sendable {
  /// The transformer layers.
  let layers: Int
  /// The number of different tokens.
  let vocabulary: Int
  /// The positions of every proof, T.
  let positions: Int
  /// The bits of a digit.
  let digitBits: Int
  /// The tokens of prompt and output together at most.
  let longestText: Int
  /// The tokens that end a text.
  let stopTokens: [Int]

  /// Reads all of `bytes`.
  init(_ bytes: [UInt8]) throws(Refusal) {
    var cursor = ByteCursor(bytes)
    let hidden = try cursor.number(bytes: 8)
    _ = try cursor.take(8)
    layers = try cursor.number(bytes: 8, in: 1...1024, "the number of layers")
    _ = try cursor.take(24)
    vocabulary = try cursor.number(bytes: 8, in: 2...1 << 20, "the size of the vocabulary")
    let largest = try cursor.number(bytes: 8, in: 1...1 << 20, "the largest position")
    _ = try cursor.take(16)
    _ = try cursor.number(bytes: 1, in: 0...1, "whether embeddings are tied")
    _ = try cursor.number(bytes: 8, in: -1...vocabulary - 1, "the beginning token")
    try requireFormat((1...1 << 16).contains(hidden), "the hidden size")
    var stopTokens: [Int] = []
    for _ in 0..<(try cursor.number(bytes: 4, in: 0...1 << 16, "the number of stop tokens")) {
      let least = (stopTokens.last ?? -1) + 1
      try requireFormat(least < vocabulary, "the stop tokens")
      stopTokens.append(try cursor.number(bytes: 8, in: least...vocabulary - 1, "the stop tokens"))
    }
    self.stopTokens = stopTokens
    positions = try cursor.number(bytes: 8, in: 2...largest, "the positions")
    try requireFormat(positions.nonzeroBitCount == 1, "the positions")
    digitBits = try cursor.number(bytes: 8, in: 8...16, "the bits of a digit")
    _ = try cursor.take(8 * 29)
    longestText = try cursor.number(bytes: 8, in: 2...positions, "the longest text")
    _ = try cursor.string(limit: 1 << 27, "the tokenizer")
    try cursor.finish()
  }
}
