import Algebra
import ConstraintSystem

extension VerifierState {
  /// Step 7: all products in one sumcheck, and the claims of their factors.
  mutating func verifyProducts(in arithmetic: inout A) throws {
    guard !plan.products.isEmpty else { return }
    let eta = try transcript.squeeze(in: &arithmetic)
    var results: [Element] = []
    for product in plan.products {
      // The sum over the variables a short product lacks repeats it.
      let copies = ScalarField(UInt64(1) << UInt64(plan.productVariables - product.variables))
      results.append(copies * result(of: product, in: &arithmetic))
    }
    arithmetic.enter("sumcheck")
    var claim = arithmetic.combine(results, by: eta)
    var point: [Element] = []
    for _ in 0..<plan.productVariables {
      let c0 = try arithmetic.message(), c2 = try arithmetic.message(), c3 = try arithmetic.message()
      let c1 = claim - c0 - c0 - c2 - c3
      try transcript.absorb([c0, c2], in: &arithmetic)
      try transcript.absorb([c3], in: &arithmetic)
      let challenge = try transcript.squeeze(in: &arithmetic)
      claim = arithmetic.evaluate(c0, [c1, c2, c3], at: challenge)
      point.append(challenge)
    }
    product = point.reversed().map { arithmetic.materialise($0) }
    arithmetic.leave()
    try readClaims(plan.factorClaims, in: &arithmetic)
    var summands: [Element] = []
    for product in plan.products { summands.append(summand(of: product, in: &arithmetic)) }
    try arithmetic.requireEqual(claim, arithmetic.combine(summands, by: eta), "products at the point of the sumcheck")
  }

  /// The value a product must sum to, at the pool point of its result.
  private mutating func result(of product: ProductPlan, in arithmetic: inout A) -> Element {
    let value = value(of: product.result, in: &arithmetic)
    guard let (term, rows, axis) = product.selectorTerm else { return value }
    return value + term.factor * comparison(term, rows: rows, axis: axis, in: &arithmetic)
  }

  /// scale * weight * left * right at the point of the sumcheck.
  private mutating func summand(of product: ProductPlan, in arithmetic: inout A) -> Element {
    let left = value(of: product.left, in: &arithmetic)
    let right = value(of: product.right, in: &arithmetic)
    let weight = value(of: product.weight, in: &arithmetic)
    return arithmetic.product([weight, product.scale.map { values[$0] }, left, right].compactMap { $0 })
  }

  /// eq(result point, batch) * mask * [contracted real], summed against eq(point); nil where it is 1.
  private mutating func value(of weight: ProductPlan.Weight, in arithmetic: inout A) -> Element? {
    if let known = forms.productWeights[weight] { return known }
    var factors: [Element] = []
    let batch = equality(weight.batch.map(\.pool), weight.batch.map(\.product), in: &arithmetic)
    if let batch { factors.append(batch) }
    for prefix in weight.contracted { factors.append(value(of: prefix, in: &arithmetic)) }
    if let causal = weight.causal { factors.append(value(of: causal, in: &arithmetic)) }
    guard !factors.isEmpty else { return nil }
    let value = arithmetic.product(factors)
    forms.productWeights[weight] = value
    return value
  }
}
