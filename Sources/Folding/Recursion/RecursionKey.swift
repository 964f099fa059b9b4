package import Algebra
import Arguments
package import Circuits
package import Commitment
package import ConstraintSystem
import Transcript

/// What a prover needs of a recursion: the circuits, which know how to make witnesses, and the verifier's key.
package struct RecursionKey: Sendable {
  /// The four circuits, by kind.
  package let circuits: [AugmentedCircuit]
  /// What verifiers need.
  package let verification: VerificationKey
  /// The columns of the public tables.
  package let tableColumns: [[Int64]]

  /// The constraints of the circuits.
  package var shapes: [ConstraintShape<ScalarField>] { verification.shapes }
  /// The sizes they share.
  package var sizes: RecursionSizes { verification.sizes }
  /// The CycleFold circuit and its generators.
  package var cycle: CycleFoldKey { verification.cycle }
  /// The generators of chunk commitments.
  package var generators: Generators<PrimaryCurve> { verification.generators }
  /// The digest of all of it, vk.
  package var digest: ScalarField { verification.digest }

  /// Builds the circuits of a model: grows sizes until every circuit fits the sizes it was built for.
  /// - Parameters:
  ///   - chunkLog: log2 of the length of a commitment chunk.
  ///   - context: whatever else the key's digest must bind.
  ///   - steps: the four steps, given log2 of the number of digits each keeps for the recursion.
  package init(
    chunkLog: Int, context: [UInt8] = [], steps: (_ limbsLog: Int) throws -> [StepCircuit]
  ) throws {
    let generators = Generators<PrimaryCurve>(logCount: chunkLog)
    let fitted = try FittedCircuits(chunkLog: chunkLog, absentState: generators.blindingBase, steps: steps)
    circuits = fitted.circuits
    verification = VerificationKey(
      shapes: fitted.shapes, segmentEntries: circuits.map { $0.step.segmentEntries }, sizes: fitted.sizes,
      tables: circuits[0].step.statement.tables,
      generators: (primary: generators, cycle: try CycleFoldKey(chunkCount: fitted.sizes.order.total)),
      context: context)
    tableColumns = verification.tables.integers
  }

  /// The circuits of `steps` under a verifier's key that was made for them; nil if they are not those steps.
  package init?(verification: VerificationKey, steps: [StepCircuit]) throws {
    guard steps.map(\.segmentEntries) == verification.segmentEntries, steps[0].statement.tables == verification.tables
    else { return nil }
    circuits = try steps.map { try AugmentedCircuit(step: $0, sizes: verification.sizes) }
    self.verification = verification
    tableColumns = verification.tables.integers
  }
}
