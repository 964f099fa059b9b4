import Algebra
import Arguments
import Commitment
import Folding
import Support
import Testing

@Suite("Openings in their smallest form")
struct RunningSegmentTests {
  private typealias F = ScalarField

  @Test("Oracle: a segment is the sum of what was added to it, in whatever form it is kept")
  func sums() {
    var random = SeededGenerator(seed: 7)
    let start = [1, 5, 39].map { (place: $0, value: F.random(using: &random)) }
    let added: [SegmentEntries] = [
      .int16((0..<30).map { _ in .random(in: .min ... .max, using: &random) }),
      .int64((0..<40).map { _ in .random(in: .min ... .max, using: &random) }),
      .int32((0..<20).map { _ in .random(in: .min ... .max, using: &random) }), .int16([]),
    ]
    for first in added.indices {
      var segment = RunningSegment.start(ScaledIntegers(count: 40, extras: start))
      var expected = FieldVector<F>(repeating: .zero, count: 40)
      for entry in start { expected[entry.place] = entry.value }
      #expect(segment.vector == expected)
      for entries in added[first...] + added[..<first] {
        let factor = F.random(using: &random)
        segment.add(entries, by: factor)
        expected.addScaled(entries.integers, by: factor)
        #expect(segment.count == 40)
        #expect(segment.vector == expected)
      }
      guard case .full = segment else {
        Issue.record("After the second addition entries are field elements.")
        return
      }
      segment.erase()
      #expect(segment.count == 40 && segment.vector.allSatisfy { $0.isZero })
    }
  }

  @Test("Laws: in every form, what is erased is gone but for its length")
  func erased() {
    var random = SeededGenerator(seed: 9)
    var segment = RunningSegment.start(ScaledIntegers(count: 40, extras: [(place: 3, value: F.random(using: &random))]))
    for _ in 0..<3 {
      var erased = segment
      erased.erase()
      #expect(erased.count == 40 && erased.vector.allSatisfy { $0.isZero })
      #expect(!segment.vector.allSatisfy { $0.isZero }, "A copy is another matter.")
      segment.add(.int64((1...40).map { $0 }), by: .random(using: &random))
    }
  }

  @Test("Oracle: sums made early, with what changed since, are those of the vectors as they are")
  func earlySums() throws {
    let generators = Generators<PrimaryCurve>(logCount: 4)
    var random = SeededGenerator(seed: 8)
    let output = (0..<20).map { _ in Int64.random(in: -99...99, using: &random) }
    let values = (0..<50).map { _ in Int64.random(in: -99...99, using: &random) }
    /// The commitments, which tell sums from one another.
    func commitments(_ sums: ChunkSums<PrimaryCurve>, _ chunks: Int) throws -> ChunkedCommitment<PrimaryCurve> {
      try generators.commit(sums, blinders: ChunkBlinders((1...chunks).map { F($0) }))
    }
    var changed = values
    changed[17] = 12345
    changed[49] = -1
    var far = values
    (far[0], far[20]) = (.max, .min)
    for (before, after) in [(values, values), (values, changed), (far, changed), (changed, far), (values, [1, 2, 3])] {
      let early = EarlySums(of: [(output, 2), (before, 4)], generators: generators)
      let found = try early.sums(of: [output, after])
      let expected = try [
        generators.sums(chunks: output, chunkCount: 2), generators.sums(chunks: after, chunkCount: 4),
      ]
      for (index, chunks) in [2, 4].enumerated() {
        let (own, other) = (try commitments(found[index], chunks), try commitments(expected[index], chunks))
        #expect(own == other)
      }
    }
    let long = [Int64](repeating: 1, count: 80)
    for before in [values, long] {
      let early = EarlySums(of: [(before, 4)], generators: generators)
      #expect(throws: CommitmentError.chunkCount(expected: 5, found: 4)) { _ = try early.sums(of: [long]) }
    }
  }
}
