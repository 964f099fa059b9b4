/// Where segments stand in Q, and how many chunks they have (Protocol.md, section 3).
struct Layout: Sendable {
  /// log2 of a chunk's length (k).
  let chunkLog: Int
  /// Chunks of X, Y, w, A, B.
  let chunkCounts: [Int]
  /// The first entries of X, Y, w, A and the tables in Q.
  let bases: [Int]
  /// log2 of Q's length (n).
  let claimLog: Int

  /// Lays out segments.
  ///
  /// - Parameters:
  ///   - entries: of X, Y, w, A and the tables, those of the kind that has most.
  ///   - largestLogs: log2 of the largest tensor of each of them.
  init(chunkLog: Int, entries: [Int], largestLogs: [Int], traceChunks: Int) {
    let length = 1 << chunkLog
    let counts = entries.map { max(1, ($0 + length - 1) / length) }
    let alignments = largestLogs.map { 1 << max(chunkLog, $0) }
    var (bases, end) = ([Int](repeating: 0, count: counts.count), 0)
    for alignment in Set(alignments).sorted(by: >) {
      for segment in counts.indices where alignments[segment] == alignment {
        bases[segment] = (end + alignment - 1) / alignment * alignment
        // Behind its chunks, up to a multiple of the alignment, padding of the segment's last tensor may take its place.
        end = bases[segment] + (counts[segment] * length + alignment - 1) / alignment * alignment
      }
    }
    self.chunkLog = chunkLog
    self.bases = bases
    chunkCounts = counts.prefix(4) + [traceChunks]
    claimLog = leastLog(end)
  }

  /// Chunks of an instance.
  var chunkCount: Int { chunkCounts.reduce(0, +) }
  /// The chunks of X.
  var input: Range<Int> { 0..<chunkCounts[0] }
  /// The chunks of X, Y, w and A.
  var bound: Range<Int> { 0..<chunkCount - chunkCounts[4] }
  /// The chunks of w.
  var weights: Range<Int> { chunkCounts[0] + chunkCounts[1]..<chunkCounts[0] + chunkCounts[1] + chunkCounts[2] }
}

/// The least number with `count` <= 2^number.
func leastLog(_ count: Int) -> Int {
  var log = 0
  while 1 << log < count { log += 1 }
  return log
}
