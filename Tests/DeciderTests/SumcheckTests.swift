import Algebra
import Decider
import Support
import Testing

@Suite("Sumcheck")
struct SumcheckTests {
  private var random = SeededGenerator(seed: 31)

  private mutating func vector(_ count: Int) -> FieldVector<F> {
    FieldVector((0..<count).map { _ in F.random(using: &random) })
  }

  @Test("Laws: rows of several systems, shorter ones extended by zeros", arguments: [1, 3, 4])
  mutating func rows(variables: Int) {
    let full = 1 << variables
    let parts = [full, full - 1, full / 2, 1].map { count in
      RowSummand<F>.Part(
        weights: vector(full), left: vector(count), right: vector(count), output: vector(count),
        variableCount: variables)
    }
    var claim = F.zero
    for part in parts {
      for (index, output) in part.output.values.enumerated() {
        claim += part.weights.values[index] * (part.left.values[index] * part.right.values[index] - output)
      }
    }
    let point = expectRun(RowSummand(parts, variableCount: variables), claim: claim, seed: 32) { point in
      parts.reduce(F.zero) { sum, part in
        func value(_ table: ZeroExtendedTable<F>) -> F { naiveExtension(Array(table.values), at: point) }
        return sum + value(part.weights) * (value(part.left) * value(part.right) - value(part.output))
      }
    }
    #expect(point.count == variables)
  }

  @Test("Laws: inner products, coefficients and vectors of different lengths", arguments: [1, 2, 5])
  mutating func innerProducts(variables: Int) {
    let full = 1 << variables
    let pairs = [(full, full), (full - 1, full), (full, 1), (full / 2, full - 1), (0, full)].map { lengths in
      InnerProductSummand<F>.Pair(
        coefficients: vector(lengths.0), vector: vector(lengths.1), variableCount: variables)
    }
    var claim = F.zero
    for pair in pairs {
      for (coefficient, entry) in zip(pair.coefficients.values, pair.vector.values) { claim += coefficient * entry }
    }
    let point = expectRun(InnerProductSummand(pairs, variableCount: variables), claim: claim, seed: 33) { point in
      pairs.reduce(F.zero) { sum, pair in
        sum + naiveExtension(Array(pair.coefficients.values), at: point)
          * naiveExtension(Array(pair.vector.values), at: point)
      }
    }
    #expect(point.count == variables)
  }

  /// Runs both sides on the same challenges; the verifier's end value must be the summand's at the point.
  private func expectRun<Summand: SumcheckSummand>(
    _ summand: Summand, claim: F, seed: UInt64, value: ([F]) -> F
  ) -> [F] where Summand.Field == F {
    var summand = summand
    var challenges = SeededGenerator(seed: seed)
    var messages: [(message: RoundPolynomial<F>, challenge: F)] = []
    let point = Sumcheck.prove(&summand) { message in
      messages.append((message, F.random(using: &challenges)))
      return messages[messages.count - 1].challenge
    }
    #expect(messages.allSatisfy { $0.message.coefficients.count == Summand.degree })
    #expect(point == messages.map(\.challenge).reversed())
    let end = Sumcheck.verify(claim: claim, rounds: messages.count) { messages[$0] }
    #expect(end.point == point)
    #expect(end.value == value(point))
    let wrong = Sumcheck.verify(claim: claim + .one, rounds: messages.count) { messages[$0] }
    #expect(wrong.value != value(point))
    return point
  }
}
