import Crypto
import Decider
import Folding
import Foundation

/// Files read and written again, in memory: what tests of the rule need that every content has one encoding. Each function
/// throws `LayerFoldError` for what is refused.
package enum Rewriting {
  /// The bytes of a verifier's key.
  package static func verifierKey(_ bytes: [UInt8]) throws -> [UInt8] {
    try VerifierKey(encoded: Data(bytes), file: VerifierKey.fileName).encoded
  }

  /// The bytes of a verifier's key up to its generators, which are those of another key.
  package static func verifierKey(beforeGenerators bytes: [UInt8], generatorsOf key: VerifierKey) throws -> [UInt8] {
    try VerifierKey(encodedBeforeGenerators: Data(bytes), generatorsOf: key.verification).encodedBeforeGenerators
  }

  /// The bytes of a prover's key.
  package static func proverKey(_ bytes: [UInt8]) throws -> [UInt8] {
    let key = try ProverKey(encoded: Data(bytes), file: ProverKey.fileName)
    var rewritten: [UInt8] = []
    key.write { rewritten += $0 }
    return rewritten
  }

  /// The claims at the beginning of a proof, up to their end.
  package static func claims(_ bytes: [UInt8]) throws -> [UInt8] {
    Proof.encode(try Proof(bytes: bytes).claimedInferences()).bytes
  }

  /// The bytes of a proof under a key.
  package static func proof(_ bytes: [UInt8], under key: VerifierKey) throws -> [UInt8] {
    var reader = ByteReader(Data(bytes))
    let (claims, end) = try Proof.translating { () throws(EncodingError) in
      (try Proof.readClaims(from: &reader), try RecursionEnd(from: &reader, key: key.verification))
    }
    let compression = try Verifier.naming {
      try RecursionDecider(key: key.verification).decode(Array(bytes.suffix(reader.remaining)))
    }
    var writer = Proof.encode(claims)
    writer.write(end)
    return writer.bytes + compression.encoded
  }

  /// The bytes of a checkpoint's manifest without their authentication code, for a model of one layer. What the code's owner
  /// alone can write is read as if he had written it; throws `BrokenCheckpoint` for what is refused.
  package static func manifest(_ bytes: [UInt8]) throws -> [UInt8] {
    let key = SymmetricKey(data: [UInt8](repeating: 0, count: 32))
    let file = Data(bytes + HMAC<SHA256>.authenticationCode(for: bytes, using: key))
    guard let model = ModelIdentifier(bytes: [UInt8](repeating: 0, count: 32)),
      case .usable(let manifest) = CheckpointManifest.examine(file, model: model, layers: 1, key: key)
    else { throw BrokenCheckpoint() }
    let order = StepOrder(layers: 1, inferences: manifest.binding.inferences)
    return manifest.encoded(order: order, key: key).dropLast(CheckpointBinding.digestByteCount)
  }

  /// The refusal of a manifest, which is a value elsewhere.
  package struct BrokenCheckpoint: Error {}

  /// How many bytes follow the claims in every proof under a key.
  package static func lengthBehindClaims(under key: VerifierKey) -> Int {
    RecursionEnd.byteCount(sizes: key.verification.sizes) + RecursionDecider(key: key.verification).proofByteCount
  }
}
