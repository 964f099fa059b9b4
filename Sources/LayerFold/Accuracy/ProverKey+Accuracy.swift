public import Foundation
import Model

extension ProverKey {
  /// Measures the integer model of this key on a text, in windows that follow one another without overlap, each from
  /// position 0 on.
  ///
  /// - Parameters:
  ///   - text: the tokens.
  ///   - floatModel: the folder or GGUF file that the key was set up from, to compare all positions with; or nil.
  /// - Throws: `unusablePrompt` for tokens that are too few, too many or unknown, `activationOverflow`, or what reading
  ///   `floatModel` throws; `unusableModel` if it has another shape than the key.
  public func accuracy(on text: TokenText, comparedWith floatModel: URL? = nil) throws -> AccuracyReport {
    try LayerFoldError.translating {
      let evaluation: Evaluation
      if let floatModel {
        let float = try ModelFiles(at: floatModel).floatModel()
        guard model.quantized.isQuantized(from: float.configuration) else {
          throw LayerFoldError.unusableModel(
            "\(floatModel.lastPathComponent) has another shape than the model of the keys.")
        }
        evaluation = try model.quantized.evaluate(text.text) { window in
          var state = FloatState(of: float)
          return float.logits(window, state: &state)
        }
      } else {
        evaluation = try model.quantized.evaluate(text.text)
      }
      return AccuracyReport(evaluation, knownPerplexity: text.text.knownPerplexity)
    }
  }
}
