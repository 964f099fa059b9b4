import Algebra
import Arguments

extension ScalarField {
  /// 2^exponent, for an exponent from 0 to 252.
  static func powerOfTwo(_ exponent: Int) -> ScalarField {
    precondition((0..<253).contains(exponent), "a power of two below the modulus")
    var limbs: [UInt64] = [0, 0, 0, 0]
    limbs[exponent / 64] = 1 << UInt64(exponent % 64)
    return ScalarField(reducing: (limbs[0], limbs[1], limbs[2], limbs[3]))
  }

  /// The integer of small magnitude this element stands for, if it is one of 63 bits.
  var smallInteger: Int64? {
    if let value = Self.unsigned(canonicalLimbs) { return value }
    return Self.unsigned((-self).canonicalLimbs).map { -$0 }
  }

  private static func unsigned(_ limbs: Limbs) -> Int64? {
    limbs.1 | limbs.2 | limbs.3 == 0 ? Int64(exactly: limbs.0) : nil
  }
}

// Sums of integer tensors; the result has the axes of the longer operand, along which the other one is repeated.
extension Expression {
  /// The sum.
  static func + (left: Expression, right: Expression) -> Expression {
    let (long, short) = left.axes.count >= right.axes.count ? (left, right) : (right, left)
    precondition(short.axes.allSatisfy(long.axes.contains), "one operand has all axes of the other")
    precondition(
      left.constant.isZero || right.constant.isZero
        || left.constantDomain == right.constantDomain
          && left.axes == right.axes,
      "constants are added on one domain")
    precondition(long.axes == short.axes || short.constant.isZero, "a constant on a subset of the axes is not repeated")
    return Expression(
      axes: long.axes, terms: left.terms + right.terms, constant: left.constant + right.constant,
      on: left.constant.isZero ? right.constantDomain : left.constantDomain)
  }

  /// The difference.
  static func - (left: Expression, right: Expression) -> Expression { left + -right }

  /// The opposite.
  static prefix func - (value: Expression) -> Expression { -ScalarField.one * value }

  /// The multiple.
  static func * (factor: ScalarField, value: Expression) -> Expression {
    Expression(
      axes: value.axes, terms: value.terms.map { Term($0.tensor, times: factor * $0.factor) },
      constant: factor * value.constant, on: value.constantDomain)
  }

  /// The same value plus a constant on a domain.
  func adding(constant: ScalarField, on domain: Domain = .real) -> Expression {
    self + Expression(axes: axes, constant: constant, on: domain)
  }

  /// The same numbers with other names for some axes.
  func renamed(_ names: [String: String]) -> Expression {
    Expression(
      axes: axes.map { Axis(names[$0.name] ?? $0.name, $0.size) },
      terms: terms.map { Term($0.tensor.renamed(names), times: $0.factor) }, constant: constant, on: constantDomain)
  }

  /// The terms as summands of a relation.
  func relationTerms(_ functional: Functional = .value, times factor: ScalarField = .one) -> [LinearRelation.Term] {
    precondition(constant.isZero, "a relation's constant is stated apart")
    return terms.map { LinearRelation.Term($0.tensor, functional, times: factor * $0.factor) }
  }
}
