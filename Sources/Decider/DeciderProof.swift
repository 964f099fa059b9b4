package import Algebra

/// The compressed proof of all running instances.
package struct DeciderProof: Sendable, Equatable {
  /// The proof of the kinds' running instances.
  package var primary: BatchProof<PrimaryCurve>
  /// The proof of the CycleFold instance.
  package var secondary: BatchProof<SecondaryCurve>

  /// Bytes of every proof under a key.
  package static func byteCount(for key: DeciderKey) -> Int {
    BatchProof<PrimaryCurve>.byteCount(for: key.primary) + BatchProof<SecondaryCurve>.byteCount(for: key.secondary)
  }

  /// The proof in exactly one encoding: field elements as 32 canonical little-endian bytes, points compressed.
  package var encoded: [UInt8] { primary.encoded + secondary.encoded }

  /// Reads a proof under a key, which fixes all lengths.
  ///
  /// - Throws: `DeciderError.encodingLength` or `encoding`.
  package init(encoded bytes: [UInt8], key: DeciderKey) throws(DeciderError) {
    var reader = try ProofReader(bytes, count: Self.byteCount(for: key))
    primary = try BatchProof(reading: &reader, batch: key.primary)
    secondary = try BatchProof(reading: &reader, batch: key.secondary)
  }

  /// A proof from its parts.
  init(primary: BatchProof<PrimaryCurve>, secondary: BatchProof<SecondaryCurve>) {
    self.primary = primary
    self.secondary = secondary
  }
}
