package import Arguments

/// How many chunk commitments each segment of an instance has; every list of commitments is in the order X, Y, w, A, B.
package struct ChunkOrder: Hashable, Sendable, Codable {
  /// log2 of a chunk's length.
  package let chunkLog: Int
  /// The number of chunks of X, Y, w, A, B.
  package let counts: [Int]

  /// The order of an instance whose claim segments follow `layout` and whose trace has `traceChunks` chunks.
  package init(layout: BlockLayout, traceChunks: Int) {
    chunkLog = layout.chunkLog
    counts = layout.chunkCounts.prefix(4) + [traceChunks]
  }

  /// The number of chunks of an instance.
  package var total: Int { counts.reduce(0, +) }
  /// The chunks of X.
  package var input: Range<Int> { range(0) }
  /// The chunks of Y.
  package var output: Range<Int> { range(1) }
  /// The chunks of w.
  package var weights: Range<Int> { range(2) }
  /// The chunks of A.
  package var values: Range<Int> { range(3) }
  /// The chunks of B.
  package var trace: Range<Int> { range(4) }

  private func range(_ segment: Int) -> Range<Int> {
    let start = counts.prefix(segment).reduce(0, +)
    return start..<start + counts[segment]
  }
}
