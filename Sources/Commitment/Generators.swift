package import Algebra
import Crypto
import Transcript

/// The public points that vectors are committed with: 2^k bases, a base for blinders and one for evaluations.
///
/// Law: every point is hashed to the curve from the seed string, each role under its own domain, so nobody knows a
/// linear relation between them. A list is determined by the curve and k, and a longer list starts with the shorter.
package struct Generators<C: Curve>: Sendable, Equatable {
  /// The bases G_i of the entries, 2^k of them.
  package let bases: [AffinePoint<C>]
  /// The base K of the blinder; also the commitment to zeros with blinder 1.
  package let blindingBase: AffinePoint<C>
  /// The base that carries the value in an inner-product argument.
  package let evaluationBase: AffinePoint<C>

  /// What identifies the list: SHA-256 of the digests of the encoding's pieces of 2^16 bytes.
  package let digest: [UInt8]

  /// log2 of the number of bases (k).
  package var logCount: Int { bases.count.trailingZeroBitCount }

  /// Hashes 2^logCount bases, 0 <= logCount <= 30, to the curve, concurrently; about 15 microseconds each.
  package init(logCount: Int) {
    precondition((0...30).contains(logCount), "Between 2^0 and 2^30 generators.")
    let digest: @Sendable ([UInt8]) -> [UInt8] = { Array(SHA3_256.hash(data: $0)) }
    let seed = Self.seed
    self.init(
      bases: C.hashToCurve(domain: seed + " entries", indices: 0..<(1 << UInt64(logCount)), digest: digest),
      blindingBase: C.hashToCurve(domain: seed + " blinder", index: 0, digest: digest),
      evaluationBase: C.hashToCurve(domain: seed + " evaluation", index: 0, digest: digest))
  }

  /// Takes points known to be the hashed ones.
  init(bases: [AffinePoint<C>], blindingBase: AffinePoint<C>, evaluationBase: AffinePoint<C>) {
    self.bases = bases
    self.blindingBase = blindingBase
    self.evaluationBase = evaluationBase
    digest = PieceDigest.of(Self.encoded(bases: bases, blindingBase: blindingBase, evaluationBase: evaluationBase))
  }

  private init(
    bases: [AffinePoint<C>], blindingBase: AffinePoint<C>, evaluationBase: AffinePoint<C>, digest: [UInt8]
  ) {
    self.bases = bases
    self.blindingBase = blindingBase
    self.evaluationBase = evaluationBase
    self.digest = digest
  }

  /// The seed string all domains start with.
  package static var seed: String { "LayerFold v1 \(C.name)" }
}

// MARK: - Encoding

extension Generators {
  /// Whether a loaded list is taken on trust (its digest being compared) or every point is checked.
  package enum Check: Sendable {
    /// Coordinates must be canonical; nothing else is checked.
    case canonical
    /// Every point must satisfy the curve equation too.
    case onCurve
  }

  /// Bytes of the encoding of 2^logCount bases.
  package static func byteCount(logCount: Int) -> Int { header(logCount: 0).count + 64 * ((1 << logCount) + 2) }

  /// The seed, a zero byte, k in one byte, then 64 bytes each for K, the evaluation base and the 2^k bases.
  package var encoded: [UInt8] {
    Self.encoded(bases: bases, blindingBase: blindingBase, evaluationBase: evaluationBase)
  }

  private static func encoded(
    bases: [AffinePoint<C>], blindingBase: AffinePoint<C>, evaluationBase: AffinePoint<C>
  ) -> [UInt8] {
    var bytes = header(logCount: bases.count.trailingZeroBitCount)
    bytes.reserveCapacity(bytes.count + 64 * (bases.count + 2))
    bytes += blindingBase.uncompressed
    bytes += evaluationBase.uncompressed
    for base in bases { bytes += base.uncompressed }
    return bytes
  }

  /// Reads the encoding.
  ///
  /// - Throws: `CommitmentError.generatorFormat` for another curve, size or length, `generatorNotAPoint` for a
  ///   point that is not one (index 0 is K, 1 the evaluation base, 2 the first base).
  @specialized(where C == BN254)
  @specialized(where C == Grumpkin)
  package init(encoded bytes: [UInt8], checking check: Check) throws(CommitmentError) {
    let prefix = Self.header(logCount: 0)
    guard bytes.count >= prefix.count, bytes.prefix(prefix.count - 1) == prefix.dropLast() else {
      throw .generatorFormat
    }
    let logCount = Int(bytes[prefix.count - 1])
    guard logCount <= 30, bytes.count == prefix.count + 64 * ((1 << logCount) + 2) else { throw .generatorFormat }
    let firstBase = prefix.count + 2 * AffinePoint<C>.uncompressedByteCount
    let others = AffinePoint<C>.points(encoded: bytes[prefix.count..<firstBase], checkingCurve: check == .onCurve)
    if let index = others.firstIndex(where: { $0.isInfinity }) { throw .generatorNotAPoint(index: index) }
    let bases = AffinePoint<C>.points(encoded: bytes[firstBase...], checkingCurve: check == .onCurve)
    if let index = bases.firstIndex(where: { $0.isInfinity }) { throw .generatorNotAPoint(index: 2 + index) }
    self.init(bases: bases, blindingBase: others[0], evaluationBase: others[1], digest: PieceDigest.of(bytes))
  }

  /// The bytes before the points.
  private static func header(logCount: Int) -> [UInt8] { Array(seed.utf8) + [0, UInt8(logCount)] }
}
