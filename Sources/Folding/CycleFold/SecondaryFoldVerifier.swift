package import Algebra
package import ConstraintSystem

/// The claim of a `CycleFoldStatement` inside a step circuit, in the very variables the primary fold uses.
package struct CycleFoldClaim<World: CircuitArithmetic>: Sendable where World.Field == ScalarField {
  /// The public list: alpha; for every chunk C1.x, C1.y, C2.x, C2.y, C'.x, C'.y.
  let publics: [LimbedElement<World>]

  /// A claim: the bits of alpha, constrained where they were drawn, and the commitments before the fold, of the fresh
  /// instance and after the fold, in chunk order.
  package init(
    alphaBits: [World.Element], running: [LimbedPoint<World>], fresh: [LimbedPoint<World>],
    folded: [LimbedPoint<World>], in world: World
  ) {
    precondition(alphaBits.count == ShortScalar.bitCount, "alpha is a short challenge")
    precondition(running.count == fresh.count && fresh.count == folded.count, "three points per chunk")
    publics =
      [LimbedElement(bits: alphaBits, in: world)]
      + running.indices.flatMap { index in
        [running[index], fresh[index], folded[index]].flatMap { [$0.x, $0.y] }
      }
  }
}

/// The verifier of a CycleFold fold inside a step circuit: takes the digest of U_cyc to that of
/// U_cyc' = (W1 + r W, E1 + r T, u1 + r, publics1 + r publics2).
///
/// What makes it sound:
/// - The public list of the fresh instance consists of the primary fold's own variables; nothing of it is advice.
/// - r is drawn after everything it combines: the transcript already holds the fresh primary commitments and drew
///   alpha, and the digests of U_cyc and U' fix the rest of the public list; then come W and T. Coordinates enter the digest of U'
///   modulo r, which leaves two elements of Fq open where a coordinate or the coordinate minus r is small; their lowest
///   digits, absorbed beforehand, tell the two apart: see `CycleFoldEncoding`. The digest of U_cyc takes in both.
/// - All four points are on Grumpkin, so `PointFold` computes group operations. W1 and E1 are checked again because the
///   very first U_cyc comes from nowhere.
/// - For the same reason the halves of U_cyc's numbers are written in range-checked digits again: the fold of elements
///   of Fq is a statement on integers below q, which out-of-range halves of a first U_cyc could evade.
/// - seealso: section 5, step 4, of Docs/Protocol.md.
package struct SecondaryFoldVerifier: Sendable {
  /// The number of chunks of the primary instances.
  package let chunkCount: Int

  /// The verifier for a number of chunks.
  package init(chunkCount: Int) {
    self.chunkCount = chunkCount
  }

  /// Folds the fresh instance of `claim` into U_cyc.
  /// - Parameters:
  ///   - advice: U_cyc and the prover's message, absent while a shape is built.
  ///   - digests: of U_cyc as the public state has it, and of the folded primary instance U'.
  ///   - transcript: the primary fold's, after it drew alpha.
  /// - Returns: the digest of U_cyc'.
  package func verify<World: CircuitArithmetic>(
    _ claim: CycleFoldClaim<World>, advice: (SecondaryInstance, SecondaryFoldMessage)?,
    digests: (running: World.Element, primary: World.Element), transcript: inout SpongeTranscript<World>,
    in world: inout World
  ) throws -> World.Element where World.Field == ScalarField {
    precondition(claim.publics.count == 1 + 6 * chunkCount, "a claim on as many chunks as the verifier's")
    world.enter("cyclefold")
    defer { world.leave() }
    let provided = Result<(SecondaryInstance, SecondaryFoldMessage), FoldingError> {
      () throws(FoldingError) in
      guard let advice else { throw .missingAdvice }
      return advice
    }
    var points = Cursor(
      try world.advice(count: 8, from: []) { _ in
        let (running, message) = try provided.get()
        return [running.trace, running.error, message.trace, message.crossTerm].flatMap { [$0.x, $0.y] }
      })
    let old = (trace: points.point(), error: points.point())
    let message = (trace: points.point(), crossTerm: points.point())
    world.enter("running numbers")
    var numbers = [try LimbedElement(in: &world) { try provided.get().0.u }]
    for index in claim.publics.indices {
      numbers.append(try LimbedElement(in: &world) { try provided.get().0.publics[index] })
    }
    world.leave()
    let digest = try self.digest(of: numbers, trace: old.trace, error: old.error, in: &world)
    try world.requireEqual(digests.running, digest, "digest of the running CycleFold instance")

    try transcript.absorb(
      CycleFoldEncoding.packed(claim.publics.dropFirst().map(\.lowest), digitBits: world.digitBits), in: &world)
    try transcript.absorb([digests.running, digests.primary], in: &world)
    try transcript.absorb([message.trace.x, message.trace.y], in: &world)
    try transcript.absorb([message.crossTerm.x, message.crossTerm.y], in: &world)
    let (r, bits) = try transcript.squeezeShort(in: &world)

    let folded = try fold(
      [old.trace, old.error], with: [message.trace, message.crossTerm], by: (r, bits), in: &world)
    world.enter("folded numbers")
    let fresh = [LimbedElement(constant: .one, in: world)] + claim.publics
    var results: [LimbedElement<World>] = []
    for (number, other) in zip(numbers, fresh) {
      results.append(try number.folded(with: other, by: r, in: &world))
    }
    world.leave()
    return try self.digest(of: results, trace: folded[0], error: folded[1], in: &world)
  }

  /// C1 + r C2 on Grumpkin for pairs of points.
  private func fold<World: CircuitArithmetic>(
    _ running: [CurvePoint<World.Element>], with fresh: [CurvePoint<World.Element>],
    by r: (element: World.Element, bits: [World.Element]), in world: inout World
  ) throws -> [CurvePoint<World.Element>] where World.Field == ScalarField {
    world.enter("folded points")
    defer { world.leave() }
    let digits = ShortScalarDigits(bits: r.bits, in: &world)
    let inputs = [r.element] + (running + fresh).flatMap { [$0.x, $0.y] }
    let count = running.count * (2 + PointFold<SecondaryCurve>.variableCount)
    var trace = Cursor(
      try world.advice(count: count, from: inputs) { values in
        let points = stride(from: 1, to: values.count, by: 2).map {
          AffinePoint<SecondaryCurve>(uncheckedX: values[$0], y: values[$0 + 1])
        }
        let ladder = PointFoldTrace(
          bits: ShortScalar.bits(of: values[0].canonicalLimbs), running: Array(points[..<(points.count / 2)]),
          fresh: Array(points[(points.count / 2)...]))
        return ladder.folded.flatMap { [$0.x, $0.y] } + ladder.variables.flatMap { $0 }
      })
    let results = running.map { _ in trace.point() }
    for index in running.indices {
      try PointFold<SecondaryCurve>.require(
        running: running[index], fresh: fresh[index], folded: results[index], digits: digits, trace: &trace,
        in: &world)
    }
    return results
  }

  /// The digest of an instance, `SecondaryInstance.digest`.
  private func digest<World: CircuitArithmetic>(
    of numbers: [LimbedElement<World>], trace: CurvePoint<World.Element>, error: CurvePoint<World.Element>,
    in world: inout World
  ) throws -> World.Element where World.Field == ScalarField {
    try world.hash(
      SecondaryInstance.tag,
      [trace.x, trace.y, error.x, error.y] + CycleFoldEncoding.elements(numbers, digitBits: world.digitBits))
  }
}
