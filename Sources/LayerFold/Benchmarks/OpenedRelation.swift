import Algebra
import Arguments
import Commitment
import ConstraintSystem
import Folding

/// Checks openings of one kind's instances from their definition; nothing a fold keeps up to date is trusted.
struct OpenedRelation: Sendable {
  /// The constraints.
  let shape: ConstraintShape<ScalarField>
  /// The sizes of the key.
  let sizes: RecursionSizes
  /// The columns of the public tables.
  let tables: [[Int64]]
  /// The generators of chunk commitments.
  let generators: Generators<PrimaryCurve>

  /// Throws `internalFailure`, which names what does not hold, unless the opening is one of the instance and satisfies its
  /// constraints and its claims.
  func check(_ instance: RunningInstance, _ witness: RunningWitness) throws {
    try checkCommitments(instance.commitments, blinders: witness.blinders) { segment, range in
      try Self.require(
        witness.segments[segment].count <= sizes.order.counts[segment] << sizes.order.chunkLog, "lengths")
      let all = witness.segments[segment].elements
      return FieldVector(Array(all[range.clamped(to: 0..<all.count)]))
    }
    let scalars = instance.scalars
    let products = shape.multiply(
      values: witness.segments[3].elements, trace: witness.segments[4].elements, publics: [scalars.u, scalars.x])
    var error = FieldVector(products.a).hadamard(FieldVector(products.b))
    error.addScaled(FieldVector(products.c), by: -scalars.u)
    try Self.require(error.evaluateMultilinear(at: scalars.errorPoint) == scalars.errorValue, "the error's value")
    let line = ClaimLine(from: scalars.claimPoint, to: scalars.claimPoint, in: sizes.layout)
    let value =
      line.restrict(segments: Array(witness.segments.prefix(4)))[0] + scalars.u * line.restrict(tables: tables)[0]
    try Self.require(value == scalars.claimValue, "the claim on Q")
  }

  /// The same for a fresh instance: u is 1 and the error 0.
  func check(_ instance: FreshInstance, _ witness: FreshWitness) throws {
    try checkCommitments(instance.commitments, blinders: witness.blinders) { segment, range in
      if segment == 4 {
        let all = witness.trace.elements
        return FieldVector(Array(all[range.clamped(to: 0..<all.count)]))
      }
      let all = witness.entries[segment]
      return FieldVector(smallIntegers: Array(all.widened(range.clamped(to: 0..<all.count))))
    }
    let violation = shape.firstViolation(
      values: witness.entries[3].integers, trace: witness.trace.elements,
      publics: [.one, instance.x])
    try Self.require(violation == nil, "constraint \(violation?.description ?? "")")
    let line = ClaimLine(from: instance.claimPoint, to: instance.claimPoint, in: sizes.layout)
    let value = line.restrict(integers: witness.entries)[0] + line.restrict(tables: tables)[0]
    try Self.require(value == instance.claimValue, "the claim on Q")
  }

  private func checkCommitments(
    _ commitments: [AffinePoint<PrimaryCurve>], blinders: [ScalarField],
    _ entries: (_ segment: Int, Range<Int>) throws -> FieldVector<ScalarField>
  ) throws {
    try Self.require(
      commitments.count == sizes.order.total && blinders.count == sizes.order.total, "the number of chunks")
    var chunk = 0
    for (segment, count) in sizes.order.counts.enumerated() {
      for index in 0..<count {
        let range = (index << sizes.order.chunkLog)..<((index + 1) << sizes.order.chunkLog)
        let expected = try generators.commit(entries(segment, range), blinder: blinders[chunk])
        try Self.require(expected == commitments[chunk], "commitment \(chunk)")
        chunk += 1
      }
    }
  }

  /// Throws `internalFailure` naming the check unless the condition holds.
  static func require(_ condition: Bool, _ check: String) throws {
    guard condition else { throw LayerFoldError.internalFailure("a folded instance fails the check of \(check)") }
  }
}
