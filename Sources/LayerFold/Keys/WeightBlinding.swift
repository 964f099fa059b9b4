import Algebra
import Crypto
import Foundation
import Model
import Transcript

/// Where the blinders of the weight commitments come from.
public enum WeightBlinding: Sendable, Equatable {
  /// A fresh secret: nobody without the prover's key can tell anything about the weights from their commitments.
  case secret
  /// The weights themselves: everybody with a copy of them computes the same model identifier, and can confirm a guess.
  case derivedFromWeights
}

/// The 32 bytes from which every weight chunk's blinder is expanded; overwritten when the last copy of the value is gone.
struct BlindingSeed: Sendable, Equatable {
  private let key: SymmetricKey
  /// Whether they are a secret or derived.
  let origin: WeightBlinding

  /// A copy of the bytes; secret unless they are derived from public weights.
  var bytes: [UInt8] { key.withUnsafeBytes { Array($0) } }

  /// What authenticates checkpoints, so that only who has the seed can make one: HKDF-SHA256(seed; "LayerFold checkpoint 1").
  var checkpointKey: SymmetricKey {
    HKDF<SHA256>.deriveKey(
      inputKeyMaterial: key, info: Array("LayerFold checkpoint 1".utf8), outputByteCount: SHA256.byteCount)
  }

  /// Takes 32 bytes of a known origin.
  init(bytes: [UInt8], origin: WeightBlinding) {
    precondition(bytes.count == 32, "A seed has 32 bytes.")
    key = SymmetricKey(data: bytes)
    self.origin = origin
  }

  /// A fresh secret seed.
  init(using generator: inout some RandomNumberGenerator) {
    self.init(bytes: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }, origin: .secret)
  }

  /// The seed that a model's constants and weights determine.
  init(derivedFrom model: TextModel) {
    var writer = ByteWriter()
    writer.write(model.constants)
    var transcript = ByteTranscript("LayerFold public weights 1")
    transcript.absorb(writer.bytes, as: "constants")
    model.forWeights { transcript.absorb(Array($0), as: "weights") }
    let element: ScalarField = transcript.challenge(as: "seed")
    self.init(bytes: element.bytes, origin: .derivedFromWeights)
  }

  /// The blinder of one chunk of one step's weights, uniform and not zero; steps and chunks count from 0.
  func blinder(step: Int, chunk: Int) -> ScalarField {
    var transcript = ByteTranscript("LayerFold weight blinder 1")
    transcript.absorb(bytes, as: "seed")
    var writer = ByteWriter()
    writer.write(UInt64(step))
    writer.write(UInt64(chunk))
    transcript.absorb(writer.bytes, as: "place")
    while true {
      let element: ScalarField = transcript.challenge(as: "blinder")
      if !element.isZero { return element }
    }
  }
}

extension BlindingSeed: CustomStringConvertible, CustomReflectable {
  /// Says nothing of the bytes.
  var description: String { "a seed" }
  /// Shows nothing of the bytes.
  var customMirror: Mirror { Mirror(self, children: []) }
}
