import Algebra
import Arguments
import Folding
import Support
import Testing

/// Restrictions of Q to a line: few entries, integers and tables against whole vectors.
@Suite struct ClaimLineTests {
  private let layout = BlockLayout(chunkLog: 4, entries: [20, 7, 40, 100, 24], largestLogs: [4, 3, 5, 6, 3])

  private func point(_ generator: inout SeededGenerator) -> [ScalarField] {
    (0..<layout.logSize).map { _ in .random(using: &generator) }
  }

  @Test("Laws: few entries give what the whole vectors give")
  func entries() {
    var generator = SeededGenerator(seed: 80)
    let line = ClaimLine(from: point(&generator), to: point(&generator), in: layout)
    var segments = [20, 7, 40, 100].map { FieldVector<ScalarField>(repeating: .zero, count: $0) }
    var entries: [(place: Int, value: ScalarField)] = []
    for (segment, place) in [(0, 0), (0, 19), (1, 6), (2, 31), (2, 32), (3, 1), (3, 99)] {
      segments[segment][place] = .random(using: &generator)
      entries.append((layout.bases[segment] + place, segments[segment][place]))
      #expect(line.restrict(entries: entries) == line.restrict(segments: segments))
    }
    #expect(line.restrict(entries: []) == [ScalarField](repeating: .zero, count: layout.logSize + 1))
  }

  @Test("Laws: integers and tables give what the same field elements give")
  func integers() {
    var generator = SeededGenerator(seed: 81)
    let line = ClaimLine(from: point(&generator), to: point(&generator), in: layout)
    // Integers beyond what the wide kernel takes are among them.
    let integers = [20, 7, 40, 100].map { count in
      (0..<count).map { _ in Int64.random(in: -1 << 60...1 << 60, using: &generator) >> Int64.random(in: 0...60) }
    }
    #expect(
      line.restrict(integers: integers) == line.restrict(segments: integers.map { FieldVector(smallIntegers: $0) }))
    let narrow = [
      SegmentEntries.int32((0..<20).map { Int32($0) << 20 }), .int16((0..<7).map { Int16($0) - 3 }),
      .int16((0..<40).map { Int16($0 % 3) - 1 }), .int64(integers[3]),
    ]
    #expect(line.restrict(integers: narrow) == line.restrict(integers: narrow.map(\.integers)))
    let tables = (0..<3).map { _ in (0..<8).map { _ in Int64.random(in: -9...9, using: &generator) } }
    let base = layout.bases[Segment.tables.rawValue]
    let entries = tables.joined().enumerated().map { (place: base + $0.offset, value: ScalarField($0.element)) }
    #expect(line.restrict(tables: tables) == line.restrict(entries: entries))
  }

  @Test("Laws: an accumulator's start knows its entries until anything else is written")
  func starts() throws {
    var generator = SeededGenerator(seed: 82)
    let key = try StoppedRun.shared.get().tiny.key
    var prover = try RecursionProver(key: key, using: &generator)
    for witness in prover.witnesses {
      let line = ClaimLine(
        from: (0..<key.sizes.layout.logSize).map { _ in .random(using: &generator) },
        to: (0..<key.sizes.layout.logSize).map { _ in .random(using: &generator) }, in: key.sizes.layout)
      let entries = try #require(witness.claimEntries(in: key.sizes.layout))
      #expect(line.restrict(entries: entries) == line.restrict(segments: Array(witness.segments.prefix(4))))
    }
    prover.witnesses[1].segments[3][0] += .one
    #expect(prover.witnesses[1].claimEntries(in: key.sizes.layout) == nil)
  }
}
