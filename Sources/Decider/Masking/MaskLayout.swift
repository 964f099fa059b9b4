import Algebra
import Folding

/// Where the random entries stand that hide what a batch's proof would show of its witnesses.
///
/// They are committed to before the first challenge, in chunks of their own behind the chunks of all relations:
/// 1. The coefficients, from the first entry on: those of the polynomial that masks the outer sumcheck (`MaskPolynomial`),
///    then two for each relation, which mask the end values of A z and of B z. They stand in rows that the relation does not
///    have: A z in the first row after the last, where B z is zero, and B z in the row after it, where A z is zero. So no
///    product of A z and B z, and with it nothing that a relation says, depends on them.
/// 2. Two chunks that mask the inner sumcheck, random at the same places of both. The places are spread over the whole
///    cube, because entries in one aligned block would mask few of the messages (Docs/Decisions/003-zero-knowledge.md).
package struct MaskLayout: Hashable, Sendable {
  /// Variables of the rows (e).
  package let rowLog: Int
  /// The number of relations.
  package let relationCount: Int
  /// log2 of the length of a chunk (k).
  package let chunkLog: Int

  /// The layout for a batch of these sizes.
  package init(rowLog: Int, relationCount: Int, chunkLog: Int) {
    self.rowLog = rowLog
    self.relationCount = relationCount
    self.chunkLog = chunkLog
  }

  /// Rows that every relation leaves free.
  package static let spareRows = RecursionSizes.spareRows

  /// The number of coefficients of the mask polynomial, the first of all coefficients.
  package var polynomialCount: Int { 1 + MaskPolynomial<PrimaryCurve.ScalarField>.degree * rowLog }
  /// The number of coefficients.
  package var coefficientCount: Int { polynomialCount + Self.spareRows * relationCount }
  /// The number of chunks the coefficients take.
  package var coefficientChunkCount: Int { (coefficientCount + (1 << chunkLog) - 1) >> chunkLog }
  /// The number of chunks.
  package var chunkCount: Int { coefficientChunkCount + 2 }

  /// The places of the random entries of the last two chunks, distinct: multiples of an odd number near the golden
  /// section of 2^k. The revealed functionals have rank 2 k + 1 on k + 1 places or more.
  package var places: [Int] {
    let length = 1 << chunkLog
    let stride = Int(0.6180339887498949 * Double(length)) | 1
    return (0..<min(length, 2 * chunkLog + 8)).map { $0 * stride & (length - 1) }
  }

  /// The chunk and the entry of a coefficient.
  package func place(ofCoefficient index: Int) -> (chunk: Int, entry: Int) {
    (index >> chunkLog, index & ((1 << chunkLog) - 1))
  }
}
