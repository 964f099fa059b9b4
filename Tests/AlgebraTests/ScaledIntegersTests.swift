import Algebra
import Support
import Testing

@Suite("Multiples of integers")
struct ScaledIntegersTests {
  private typealias F = ScalarField

  /// Vectors of 100 entries with fewer integers, some entries having something of their own, with what they should be.
  private func samples() -> [(vector: ScaledIntegers<F>, expected: [F])] {
    var random = SeededGenerator(seed: 5)
    let factor = F.random(using: &random)
    let narrow = (0..<70).map { _ in Int16.random(in: .min ... .max, using: &random) }
    let wide = (0..<100).map { _ in Int64.random(in: .min ... .max, using: &random) }
    let extras = [0, 3, 69, 70, 99].map { (place: $0, value: F.random(using: &random)) }
    func expected(_ integers: [Int64], _ extras: [(place: Int, value: F)]) -> [F] {
      (0..<100).map { place in
        (place < integers.count ? factor * F(integers[place]) : .zero)
          + (extras.first { $0.place == place }?.value ?? .zero)
      }
    }
    return [
      (
        ScaledIntegers(count: 100, factor: factor, integers: .int16(narrow[...]), extras: extras),
        expected(narrow.map { Int64($0) }, extras)
      ),
      (ScaledIntegers(count: 100, factor: factor, integers: .int64(wide[...]), extras: []), expected(wide, [])),
      (ScaledIntegers(count: 100, factor: factor, integers: .int64([]), extras: extras), expected([], extras)),
    ]
  }

  @Test("Oracle: entries, parts, sums and copies are those of the definition")
  func definition() {
    var random = SeededGenerator(seed: 6)
    for (vector, expected) in samples() {
      #expect(vector.vector.elements == expected)
      #expect((0..<100).map { vector[$0] } == expected)
      for range in [0..<100, 0..<3, 3..<4, 60..<80, 70..<100, 75..<75] {
        let part = vector[range]
        #expect(part.count == range.count)
        #expect(part.vector.elements == Array(expected[range]))
        #expect((0..<range.count).map { part[$0] } == Array(expected[range]))
        // A part of a part.
        #expect(
          part[range.count / 2..<range.count].vector.elements == Array(expected[range].dropFirst(range.count / 2)))
        let before = (0..<110).map { _ in F.random(using: &random) }
        let scale = F.random(using: &random)
        var sum = FieldVector(before)
        part.add(to: &sum, times: scale)
        let added = before.indices.map {
          $0 < range.count ? before[$0] + scale * expected[range.lowerBound + $0] : before[$0]
        }
        #expect(sum.elements == added)
      }
    }
  }

  @Test("Laws: what is erased is gone, and other copies of it are another matter")
  func erased() {
    for (vector, expected) in samples() {
      var erased = vector
      erased.erase()
      #expect(erased.vector.allSatisfy { $0.isZero } && erased.count == 100)
      #expect(vector.vector.elements == expected)
    }
  }
}
