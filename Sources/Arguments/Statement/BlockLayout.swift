/// Where the segments stand in Q, the vector evaluation claims speak of; equal for every kind of step.
///
/// A segment's base is a multiple of the size of the largest tensor any kind keeps in it and of the chunk size
/// 2^chunkLog, so that every tensor is an aligned block of Q and every chunk an aligned block too. Up to the next such
/// multiple after its chunks a segment holds zeros that nobody commits to: the padding of a last tensor may lie there.
package struct BlockLayout: Hashable, Sendable, Codable {
  /// log2 of the length of a commitment chunk (k).
  package let chunkLog: Int
  /// How many chunks each segment has, by `Segment.rawValue`; the tables segment is never committed but counted.
  package let chunkCounts: [Int]
  /// The first entry of each segment in Q, by `Segment.rawValue`.
  package let bases: [Int]
  /// How many entries of Q belong to each segment, chunks and zeros after them, by `Segment.rawValue`.
  package let extents: [Int]
  /// The number of variables of Q (n).
  package let logSize: Int

  /// Lays out segments given, for each, the number of entries (maximum over kinds) and the largest tensor's log size.
  package init(chunkLog: Int, entries: [Int], largestLogs: [Int]) {
    precondition(entries.count == Segment.allCases.count && largestLogs.count == entries.count, "one size per segment")
    let chunk = 1 << chunkLog
    let counts = entries.map { max(1, ($0 + chunk - 1) / chunk) }
    let alignments = largestLogs.map { 1 << max($0, chunkLog) }
    let extents = zip(counts, alignments).map { ($0 * chunk + $1 - 1) / $1 * $1 }
    var bases = [Int](repeating: 0, count: counts.count)
    var end = 0
    for segment in counts.indices.sorted(by: { (alignments[$1], $0) < (alignments[$0], $1) }) {
      end = (end + alignments[segment] - 1) / alignments[segment] * alignments[segment]
      bases[segment] = end
      end += extents[segment]
    }
    self.chunkLog = chunkLog
    self.chunkCounts = counts
    self.bases = bases
    self.extents = extents
    self.logSize = end <= 1 ? 0 : Int.bitWidth - (end - 1).leadingZeroBitCount
  }

  /// The first entry of a tensor in Q.
  package func offset(of tensor: Tensor) -> Int {
    bases[tensor.segment.rawValue] + tensor.offset
  }
}
