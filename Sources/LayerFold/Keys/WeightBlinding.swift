import Algebra
import Model
import Transcript

/// Where the blinders of the weight commitments come from.
public enum WeightBlinding: Sendable, Equatable {
  /// A fresh secret: nobody without the prover's key can tell anything about the weights from their commitments.
  case secret
  /// The weights themselves: everybody with a copy of them computes the same model identifier, and can confirm a guess.
  case derivedFromWeights
}

/// The 32 bytes from which every weight chunk's blinder is expanded.
struct BlindingSeed: Sendable, Equatable {
  /// The bytes; secret unless they are derived from public weights.
  let bytes: [UInt8]
  /// Whether they are a secret or derived.
  let origin: WeightBlinding

  /// Takes 32 bytes of a known origin.
  init(bytes: [UInt8], origin: WeightBlinding) {
    precondition(bytes.count == 32, "A seed has 32 bytes.")
    self.bytes = bytes
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
