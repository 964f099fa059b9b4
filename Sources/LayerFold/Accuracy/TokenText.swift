public import Foundation
import Model

/// Token ids in a file: what accuracy is measured on, or what calibration reads besides its own texts.
///
/// The file is a JSON array of ids; or an object with `tokens` and, optionally, `context`, the length of a window, and
/// `perplexity`, what another program measured.
public struct TokenText: Equatable, Sendable {
  /// The tokens, the window, and references if there are any.
  let text: EvaluationText

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - file: the tokens.
  ///   - context: tokens of one window, at least 2, whatever the file says; nil for what it says, or else as many as the
  ///     model has positions.
  ///   - reference: a file with an array `prompts` of objects: `prompt_ids`, another program's `final_logits` behind them
  ///     and, optionally, the `greedy_ids` it went on with.
  /// - Throws: `missingInput` or `unusableModel`, naming file and field.
  public init(contentsOf file: URL, context: Int? = nil, reference: URL? = nil) throws {
    text = try LayerFoldError.translating {
      var text = try EvaluationText(file: file)
      if let context { text = text.windows(of: context) }
      guard let reference else { return text }
      let other = try EvaluationText(file: reference)
      if other.references.isEmpty {
        throw ModelError.malformedField(
          file: reference.lastPathComponent, field: "prompts", expected: "prompt_ids and final_logits at least once")
      }
      return text.compared(with: other)
    }
  }
}
