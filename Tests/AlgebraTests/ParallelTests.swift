import Algebra
import Testing

@Suite("Parallel")
struct ParallelTests {
  @Test("Laws: ranges cover the indices in order", arguments: [0, 1, 2, 7, 8, 9, 1000])
  func lawsRanges(count: Int) {
    for minimumChunk in [1, 3, 5000] {
      let ranges = Parallel.mapChunks(count: count, minimumChunk: minimumChunk) { $0 }
      #expect(ranges.flatMap(Array.init) == Array(0..<count))
      #expect(ranges.count <= 1 || ranges.allSatisfy { $0.count >= minimumChunk })
      let squares = Parallel.map(count: count, minimumChunk: minimumChunk) { $0 * $0 }
      #expect(squares == (0..<count).map { $0 * $0 })
      var updated = [Int](repeating: 1, count: count)
      Parallel.updateChunks(of: &updated, minimumChunk: minimumChunk) { range, part in
        for offset in part.indices { part[offset] += range.lowerBound + offset }
      }
      #expect(updated == (0..<count).map { $0 + 1 })
      let total = Parallel.reduceChunks(
        count: count, minimumChunk: minimumChunk, into: 0, transform: { $0.reduce(0, +) }, combine: +=)
      #expect(total == count * (count - 1) / 2)
    }
  }
}
