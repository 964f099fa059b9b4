import Algebra
import Folding

extension ModelIdentifier {
  /// H("model"; vk, h_w), its canonical representative written most significant byte first.
  init(keyDigest: ScalarField, weightChain: ScalarField) {
    let element = StatementChain.modelID(key: keyDigest, weights: weightChain)
    guard let identifier = ModelIdentifier(bytes: element.bytes.reversed()) else {
      preconditionFailure("A field element has 32 bytes.")
    }
    self = identifier
  }
}
