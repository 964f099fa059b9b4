package import Algebra

/// One round's univariate polynomial c_0 + c_1 t + ... + c_d t^d without c_1, which the claim p(0) + p(1) determines.
package struct RoundPolynomial<F: PrimeField>: Equatable, Sendable {
  /// c_0, c_2, ..., c_d: as many elements as the degree d.
  package let coefficients: [F]

  /// The polynomial with these coefficients, c_1 left out; at least c_0.
  package init(_ coefficients: [F]) {
    precondition(!coefficients.isEmpty, "A round polynomial has degree 1 or more.")
    self.coefficients = coefficients
  }

  /// p(point) for the polynomial with p(0) + p(1) = claim.
  package func evaluated(at point: F, claim: F) -> F {
    let constant = coefficients[0]
    let linear = coefficients.dropFirst().reduce(claim - constant.doubled()) { $0 - $1 }
    var result = F.zero
    for coefficient in coefficients.dropFirst().reversed() { result = (result + coefficient) * point }
    return (result + linear) * point + constant
  }
}

/// A polynomial in m variables given by tables, whose sum over {0, 1}^m a sumcheck proves.
///
/// Laws: `roundPolynomial()` is the sum over all but the highest variable; `bind` fixes the highest variable.
package protocol SumcheckSummand<Field> {
  /// The field.
  associatedtype Field: PrimeField
  /// The number of variables not yet bound.
  var variableCount: Int { get }
  /// The degree in every single variable, and the number of elements of a round's message.
  static var degree: Int { get }
  /// The polynomial in the highest variable, the others summed over {0, 1}.
  func roundPolynomial() -> RoundPolynomial<Field>
  /// Fixes the highest variable to `challenge`.
  mutating func bind(_ challenge: Field)
}

/// The sumcheck protocol, apart from how messages travel.
///
/// Both sides reach the transcript and the proof only through a closure. That is the seam where messages can be masked:
/// a closure may commit to a message, or add a masking polynomial's, instead of showing it.
///
/// - seealso: Lund, Fortnow, Karloff and Nisan, "Algebraic methods for interactive proof systems" (1992).
package enum Sumcheck {
  /// Runs all rounds; returns the point, whose last coordinate is the first challenge.
  ///
  /// - Parameter exchange: takes a round's message and returns its challenge.
  package static func prove<Summand: SumcheckSummand>(
    _ summand: inout Summand, exchange: (RoundPolynomial<Summand.Field>) -> Summand.Field
  ) -> [Summand.Field] {
    var challenges: [Summand.Field] = []
    for _ in 0..<summand.variableCount {
      let challenge = exchange(summand.roundPolynomial())
      summand.bind(challenge)
      challenges.append(challenge)
    }
    return challenges.reversed()
  }

  /// Follows all rounds; returns the point and the value the summand must have there.
  ///
  /// - Parameter exchange: takes a round's index and returns its message and challenge.
  package static func verify<F: PrimeField>(
    claim: F, rounds: Int, exchange: (Int) -> (message: RoundPolynomial<F>, challenge: F)
  ) -> (point: [F], value: F) {
    var claim = claim
    var challenges: [F] = []
    for round in 0..<rounds {
      let (message, challenge) = exchange(round)
      claim = message.evaluated(at: challenge, claim: claim)
      challenges.append(challenge)
    }
    return (challenges.reversed(), claim)
  }
}
