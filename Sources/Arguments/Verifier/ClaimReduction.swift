import Algebra
import ConstraintSystem

extension VerifierState {
  /// Step 8: all claims in one sumcheck over Q, lowest variable first; sets rho and returns the claimed Q~(rho).
  mutating func reduceClaims(in arithmetic: inout A) throws -> Element {
    let theta = try transcript.squeeze(in: &arithmetic)
    arithmetic.enter("sumcheck")
    var claim = arithmetic.combine(values, by: theta)
    var point: [Element] = []
    for _ in 0..<plan.layout.logSize {
      let c0 = try arithmetic.message(), c2 = try arithmetic.message()
      let c1 = claim - c0 - c0 - c2
      try transcript.absorb([c0, c2], in: &arithmetic)
      let challenge = try transcript.squeeze(in: &arithmetic)
      claim = arithmetic.evaluate(c0, [c1, c2], at: challenge)
      point.append(challenge)
    }
    opening = point.map { arithmetic.materialise($0) }
    arithmetic.leave()
    arithmetic.enter("weights")
    var weights: [Element] = []
    for claim in plan.claims { weights.append(weight(of: claim, in: &arithmetic)) }
    let weight = arithmetic.combine(weights, by: theta)
    arithmetic.leave()
    let value = try arithmetic.message()
    try arithmetic.requireProduct(weight, value, equals: claim, "claims at the point of the opening")
    return value
  }

  /// A claim's weight polynomial F_c at rho: the block's place, the point, the special weight.
  private mutating func weight(of claim: Claim, in arithmetic: inout A) -> Element {
    let logSize = claim.block.logSize
    let start = claim.block.start(in: plan.layout)
    let rho = (0..<plan.layout.logSize).map(Coordinate.opening)
    var factors: [Element] = []
    let place = blockWeight(rho, level: logSize, prefix: start >> logSize, in: &arithmetic)
    if let place { factors.append(place) }
    let point = equality(claim.point, Array(rho[..<logSize]), in: &arithmetic)
    if let point { factors.append(point) }
    if let special = claim.special { factors.append(value(of: special, in: &arithmetic)) }
    return arithmetic.product(factors)
  }
}
