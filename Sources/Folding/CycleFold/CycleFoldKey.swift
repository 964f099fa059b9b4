package import Algebra
package import Commitment
package import ConstraintSystem
package import Transcript

/// Everything fixed about the CycleFold instances of one number of chunks: the circuit, its shape and the generators.
package struct CycleFoldKey: Sendable {
  /// The circuit.
  package let circuit: CycleFoldCircuit
  /// Its constraints; the public columns are u and the circuit's public list.
  package let shape: ConstraintShape<BaseField>
  /// The generators of W^ and E^, each one chunk.
  package let generators: Generators<SecondaryCurve>
  /// 32 bytes that identify the key: a digest of the constraints and of the generators.
  package let digest: [UInt8]

  /// The key for a number of chunks; hashes about a thousand generators to the curve for each.
  package init(chunkCount: Int) throws {
    let circuit = CycleFoldCircuit(chunkCount: chunkCount)
    try self.init(circuit, generators: Generators(logCount: Self.logCount(circuit)))
  }

  /// The key for a number of chunks and the generators that were hashed before; nil if there are not as many as it needs.
  package init?(chunkCount: Int, generators: Generators<SecondaryCurve>) throws {
    let circuit = CycleFoldCircuit(chunkCount: chunkCount)
    guard generators.logCount == Self.logCount(circuit) else { return nil }
    try self.init(circuit, generators: generators)
  }

  private init(_ circuit: CycleFoldCircuit, generators: Generators<SecondaryCurve>) throws {
    self.circuit = circuit
    self.generators = generators
    shape = try circuit.shape()
    precondition(
      shape.rowCount == circuit.rowCount && shape.traceCount == circuit.traceCount, "the circuit knows its size")
    var transcript = ByteTranscript("LayerFold CycleFold key v3")
    transcript.absorb(PieceDigest.of(shape.bytes), as: "shape")
    transcript.absorb(generators.digest, as: "generators")
    digest = (transcript.challenge(as: "key") as ScalarField).bytes
  }

  /// log2 of the number of generators for a number of chunks.
  package static func logCount(chunkCount: Int) -> Int { logCount(CycleFoldCircuit(chunkCount: chunkCount)) }

  /// log2 of the number of generators: traces and errors fit one chunk, and rows are left free as in every circuit.
  private static func logCount(_ circuit: CycleFoldCircuit) -> Int {
    Int.bitWidth - (max(circuit.rowCount + RecursionSizes.spareRows, circuit.traceCount) - 1).leadingZeroBitCount
  }

  // MARK: - Instances

  /// A uniformly random relaxed instance and its opening, where an accumulator starts: any z satisfies relaxed R1CS
  /// with the error it causes.
  package func randomRunning(
    using generator: inout some RandomNumberGenerator
  ) throws -> (SecondaryInstance, SecondaryWitness) {
    let u = BaseField.random(using: &generator)
    let publics = (0..<circuit.publicCount).map { _ in BaseField.random(using: &generator) }
    let trace = (0..<circuit.traceCount).map { _ in BaseField.random(using: &generator) }
    let witness = opening(
      trace: FieldVector(trace), u: u, publics: publics,
      blinders: (trace: .randomNonzero(using: &generator), error: .randomNonzero(using: &generator)))
    let instance = SecondaryInstance(
      trace: try generators.commit(witness.trace, blinder: witness.traceBlinder),
      error: try generators.commit(witness.error, blinder: witness.errorBlinder), u: u, publics: publics)
    return (instance, witness)
  }

  /// The opening of the instance with this trace, whose products and error follow from it.
  package func opening(
    trace: FieldVector<BaseField>, u: BaseField, publics: [BaseField],
    blinders: (trace: BaseField, error: BaseField)
  ) -> SecondaryWitness {
    let products = shape.multiply(values: [BaseField](), trace: trace.elements, publics: [u] + publics)
    return SecondaryWitness(
      trace: trace, traceBlinder: blinders.trace, error: Self.error(products, u: u), errorBlinder: blinders.error,
      az: FieldVector(products.a), bz: FieldVector(products.b), cz: FieldVector(products.c))
  }

  /// Folds the claim of `statement` into `running`, continuing the primary fold's transcript where it drew alpha and absorbed
  /// the claim's encoding.
  ///
  /// Cost: two multi-scalar multiplications of about 800 entries per chunk; no other work is of that order.
  /// - Parameters:
  ///   - primaryDigest: the digest of the folded primary instance U'.
  ///   - digitBits: the width of a step circuit's digits.
  /// - Returns: the message, with which the in-circuit verifier reaches the same instance.
  /// - Throws: `FoldingError.refused` for a false claim.
  package func fold(
    _ statement: CycleFoldStatement, into running: inout SecondaryInstance, witness: inout SecondaryWitness,
    primaryDigest: ScalarField, transcript: PoseidonSponge, digitBits: Int,
    using generator: inout some RandomNumberGenerator
  ) throws -> SecondaryFoldMessage {
    let fresh = try fresh(statement, using: &generator)
    let crossTerm = Self.crossTerm(fresh, running: witness, u: running.u)
    let blinder = BaseField.randomNonzero(using: &generator)
    let message = SecondaryFoldMessage(
      trace: fresh.commitment, crossTerm: try generators.commit(crossTerm, blinder: blinder))
    var transcript = transcript
    transcript.absorb([running.digest(digitBits: digitBits), primaryDigest])
    transcript.absorb([message.trace.x, message.trace.y])
    transcript.absorb([message.crossTerm.x, message.crossTerm.y])
    let r = BaseField(reducing: transcript.squeezeShort().canonicalLimbs)
    running = running.folded(with: statement, message, by: r)
    witness.fold(fresh, crossTerm, blinder: blinder, by: r)
    return message
  }

  /// The fresh instance that proves a claim, with a fresh blinder; throws `FoldingError.refused` for a false claim.
  func fresh(
    _ statement: CycleFoldStatement, using generator: inout some RandomNumberGenerator
  ) throws -> SecondaryFresh {
    precondition(statement.chunkCount == circuit.chunkCount, "a claim on as many chunks as the circuit has")
    guard let trace = statement.trace else { throw FoldingError.refused("commitments combined by alpha") }
    let blinder = BaseField.randomNonzero(using: &generator)
    let products = shape.multiply(values: [BaseField](), trace: trace, publics: [.one] + statement.publics)
    return SecondaryFresh(
      commitment: try generators.commit(FieldVector(trace), blinder: blinder),
      trace: FieldVector(trace), blinder: blinder,
      az: FieldVector(products.a), bz: FieldVector(products.b), cz: FieldVector(products.c))
  }

  /// T = A z1 o B z2 + A z2 o B z1 - u1 C z2 - C z1.
  private static func crossTerm(
    _ fresh: SecondaryFresh, running: SecondaryWitness, u: BaseField
  ) -> FieldVector<BaseField> {
    FieldVector(
      crossTermOf: MatrixImages(a: running.az, b: running.bz, c: running.cz),
      MatrixImages(a: fresh.az, b: fresh.bz, c: fresh.cz), u: u)
  }

  /// E = (A z) o (B z) - u (C z).
  private static func error(_ products: RowProducts<BaseField>, u: BaseField) -> FieldVector<BaseField> {
    var error = FieldVector(products.a).hadamard(FieldVector(products.b))
    error.addScaled(FieldVector(products.c), by: -u)
    return error
  }

  // MARK: - Clear check

  /// Checks an opening in the clear; throws `FoldingError.refused` naming what does not hold.
  package func check(_ instance: SecondaryInstance, _ witness: SecondaryWitness) throws {
    func require(_ condition: Bool, _ check: String) throws {
      guard condition else { throw FoldingError.refused(check) }
    }
    try require(instance.publics.count == circuit.publicCount, "length of the CycleFold public list")
    try require(witness.trace.count == shape.traceCount, "length of the CycleFold trace")
    try require(witness.error.count == shape.rowCount, "length of the CycleFold error")
    try require(
      instance.trace == generators.commit(witness.trace, blinder: witness.traceBlinder),
      "commitment to the CycleFold trace")
    try require(
      instance.error == generators.commit(witness.error, blinder: witness.errorBlinder),
      "commitment to the CycleFold error")
    let products = shape.multiply(
      values: [BaseField](), trace: witness.trace.elements, publics: [instance.u] + instance.publics)
    try require(
      shape.firstViolation(of: products, u: instance.u, error: witness.error.elements) == nil, "CycleFold constraints")
    try require(
      products.a == witness.az.elements && products.b == witness.bz.elements && products.c == witness.cz.elements,
      "products of the CycleFold matrices")
  }
}
