import Algebra
import ConstraintSystem

extension VerifierState {
  /// Steps 5 and 6: the pool of coordinates, the claims of relations and results, and the relations.
  mutating func verifyRelations(in arithmetic: inout A) throws {
    let seed = try transcript.squeeze(in: &arithmetic)
    var power = arithmetic.materialise(seed)
    for _ in 0..<plan.poolSize {
      pool.append(power)
      power = arithmetic.multiply(power, power)
    }
    try readClaims(plan.poolClaims, in: &arithmetic)
    for relation in plan.relations {
      let sum = value(of: relation, in: &arithmetic)
      try arithmetic.requireEqual(sum, .zero, "linear relation")
    }
  }
}
