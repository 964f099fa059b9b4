import Foundation
import Model

extension ModelConstants {
  /// The tokenizer, that of `model` if it was made from the same bytes; throws `unusableModel`.
  func tokenizer(of model: TextModel?) throws -> Tokenizer {
    if let model, model.tokenizerJSON == tokenizerJSON { return model.tokenizer }
    return try Self.tokenizer(tokenizerJSON)
  }

  /// The tokenizer in the bytes of a tokenizer.json; throws `unusableModel`.
  static func tokenizer(_ json: Data) throws -> Tokenizer {
    try LayerFoldError.translating { try Tokenizer(json: json, file: "tokenizer.json") }
  }

  /// The tokens of a prompt, each in the vocabulary, at least one; throws `unusablePrompt`.
  func tokens(of prompt: Prompt, with tokenizer: Tokenizer) throws -> [Int] {
    let tokens =
      switch prompt {
      case .text(let text): text.isEmpty ? [] : tokenizer.encode(text)
      case .tokens(let tokens): tokens
      }
    let vocabulary = configuration.vocabularySize
    try LayerFoldError.translating {
      if tokens.isEmpty { throw ModelError.emptyTokens }
      if let token = tokens.first(where: { !(0..<vocabulary).contains($0) }) {
        throw ModelError.tokenOutOfVocabulary(token: token, vocabulary: vocabulary)
      }
    }
    return tokens
  }
}
