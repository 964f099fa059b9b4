import Algebra
import Dispatch
import Foundation
import Synchronization
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

  @Test("Laws: tasks aside give their results in order, each done once", arguments: [0, 1, 2, 50])
  func lawsAside(count: Int) {
    let runs = Mutex([Int](repeating: 0, count: count))
    let aside = Aside(count: count) { index in
      runs.withLock { $0[index] += 1 }
      return index * index
    }
    // Whoever asks takes part, in the middle of it or when all is done.
    if count == 2 { Thread.sleep(forTimeInterval: 0.01) }
    #expect(aside.results() == (0..<count).map { $0 * $0 })
    #expect(runs.withLock { $0 } == [Int](repeating: 1, count: count))
  }

  @Test("Laws: when all threads of the pool ask for results, none waits for a helper that has not started")
  func lawsAsideOnFullPool() {
    let start = ContinuousClock.now
    let group = DispatchGroup()
    for _ in 0..<20 {
      DispatchQueue.global().async(group: group) {
        let aside = Aside(count: 1) { _ in Thread.sleep(forTimeInterval: 0.005) }
        Thread.sleep(forTimeInterval: 0.005)
        _ = aside.results()
      }
    }
    group.wait()
    // Half a second; 18 when helpers were waited for, since the system adds a thread to a pool that stands still every second.
    #expect(ContinuousClock.now - start < .seconds(9))
  }

  @Test("Laws: an object that a task aside gives is nobody else's")
  func lawsAsideUnique() {
    final class Thing: Sendable {}
    let aside = Aside(count: 1) { _ in Thing() }
    var things = aside.results()
    var thing = things.removeLast()
    #expect(isKnownUniquelyReferenced(&thing))
    withExtendedLifetime(aside) {}
  }
}
