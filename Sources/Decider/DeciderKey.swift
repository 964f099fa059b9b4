package import Algebra
import ConstraintSystem

/// What prover and verifier agree on: the constraint systems of all kinds and of CycleFold, and their layout.
package struct DeciderKey: Sendable {
  /// The verification key's digest, which stands for everything here in the transcript.
  package let digest: [UInt8]
  /// The kinds over the primary curve.
  package let primary: RelationBatch<PrimaryCurve.ScalarField>
  /// CycleFold over the secondary curve: one relation whose first chunk is W and whose second is E.
  package let secondary: RelationBatch<SecondaryCurve.ScalarField>

  /// A key; `digest` must bind both batches and the generators.
  package init(
    digest: [UInt8], primary: RelationBatch<PrimaryCurve.ScalarField>,
    secondary: RelationBatch<SecondaryCurve.ScalarField>
  ) {
    precondition(primary.relations.allSatisfy { $0.shape.publicCount == 2 }, "Kinds have the public columns u, x.")
    precondition(secondary.relations.count == 1, "CycleFold is one relation.")
    precondition(secondary.relations[0].chunks.count == 2, "CycleFold has the chunks W and E.")
    self.digest = digest
    self.primary = primary
    self.secondary = secondary
  }
}

/// Relations that are proved together under one generator list, with common sizes.
package struct RelationBatch<F: PrimeField>: Sendable {
  /// The relations.
  package let relations: [RelationKey<F>]
  /// The lookup tables in Q, equal for all relations.
  package let tables: [PlacedTable]
  /// log2 of the length of a chunk (k).
  package let chunkLog: Int
  /// Variables of the rows (e), enough for every relation.
  package let rowLog: Int
  /// Variables of Q (n); 0 when no chunk has a place in Q.
  package let claimLog: Int

  /// A batch of relations built for chunks of 2^chunkLog entries.
  package init(relations: [RelationKey<F>], tables: [PlacedTable], chunkLog: Int, rowLog: Int, claimLog: Int) {
    precondition(!relations.isEmpty, "A batch has relations.")
    precondition(
      relations.allSatisfy { $0.shape.rowCount + MaskLayout.spareRows <= 1 << rowLog },
      "Rows fit 2^e and leave some free for masks.")
    let ends = relations.flatMap(\.chunks).compactMap { chunk in chunk.claimBase.map { $0 + chunk.length } }
    precondition(ends.allSatisfy { $0 <= 1 << claimLog }, "Chunks lie inside Q.")
    precondition(tables.allSatisfy { $0.claimBase + 1 << $0.logSize <= 1 << claimLog }, "Tables lie inside Q.")
    precondition(relations.allSatisfy { $0.shape.publicCount <= 1 << chunkLog }, "Public columns fit a chunk.")
    self.relations = relations
    self.tables = tables
    self.chunkLog = chunkLog
    self.rowLog = rowLog
    self.claimLog = claimLog
  }

  /// Where the random entries of a proof stand.
  package var mask: MaskLayout { MaskLayout(rowLog: rowLog, relationCount: relations.count, chunkLog: chunkLog) }

  /// All chunks of all relations.
  var chunkCount: Int { relations.reduce(0) { $0 + $1.chunks.count } }
}
