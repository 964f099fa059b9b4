import Algebra
import ConstraintSystem

extension VerifierState {
  /// Steps 1 to 4: all lookups at once, as a sum of fractions that is 0.
  mutating func verifyLookups(in arithmetic: inout A) throws {
    let gamma = try transcript.squeeze(in: &arithmetic)
    let chi = try transcript.squeeze(in: &arithmetic)
    arithmetic.enter("fractional sum")
    let (numerator, denominator) = try reduceFractions(in: &arithmetic)
    arithmetic.leave()
    arithmetic.enter("leaves")
    try readClaims(plan.leafClaims, in: &arithmetic)
    try requireLeaves(
      numerator: numerator, denominator: denominator, challenges: (gamma, chi), in: &arithmetic)
    arithmetic.leave()
  }

  /// Reduces "the fractions at the leaves sum to 0" to the values of the leaf numerators and denominators at the leaf
  /// point, which it sets; one row a product, about five products a round.
  ///
  /// - seealso: Papini, Haböck, "Improving logarithmic derivative lookups using GKR" (ePrint 2023/1284).
  private mutating func reduceFractions(in arithmetic: inout A) throws -> (numerator: Element, denominator: Element) {
    var numerator = Element.zero
    var denominator = try arithmetic.message()
    try transcript.absorb([denominator], in: &arithmetic)
    try requireNonzero(denominator, "lookup root denominator is not zero", in: &arithmetic)
    for layer in 0..<plan.treeDepth {
      let lambda = try transcript.squeeze(in: &arithmetic)
      let product = arithmetic.multiply(lambda, denominator)
      var claim = numerator + product
      var point: [Element] = []
      for variable in (0..<layer).reversed() {
        let c1 = try arithmetic.message(), c2 = try arithmetic.message()
        let c0 = claim - arithmetic.multiply(leaf[variable], c1 + c2)
        try transcript.absorb([c1, c2], in: &arithmetic)
        let challenge = try transcript.squeeze(in: &arithmetic)
        claim = arithmetic.evaluate(c0, [c1, c2], at: challenge)
        point.append(challenge)
      }
      let p = try arithmetic.messages(2), q = try arithmetic.messages(2)
      let cross = arithmetic.multiply(p[0], q[1])
      let scaled = arithmetic.multiply(lambda, q[1])
      try arithmetic.requireProduct(q[0], p[1] + scaled, equals: claim - cross, "fractions of one layer")
      try transcript.absorb(p, in: &arithmetic)
      try transcript.absorb(q, in: &arithmetic)
      let top = try transcript.squeeze(in: &arithmetic)
      leaf = point.reversed() + [top]
      numerator = arithmetic.evaluate(p[0], [p[1] - p[0]], at: top)
      denominator = arithmetic.evaluate(q[0], [q[1] - q[0]], at: top)
    }
    leaf = leaf.map { arithmetic.materialise($0) }
    return (numerator, denominator)
  }

  private mutating func requireNonzero(_ value: Element, _ label: StaticString, in arithmetic: inout A) throws {
    // Zero has no inverse; any advice then fails the check below.
    let inverse = try arithmetic.advice(from: [value]) { $0[0].inverse() ?? .zero }
    try arithmetic.requireProduct(value, inverse, equals: arithmetic.constant(.one), label)
  }
}
