/// Everything the embedding step computes.
package struct EmbeddingTrace: Sendable {
  /// [t] token ids, 0 beyond the text.
  package let tokens: [Int]
  /// [t, c] the residual stream that enters the first layer, 32 bits.
  package let output: [Int32]
}

extension QuantizedModel {
  /// The embedding of all T positions; positions beyond `tokens` hold token 0.
  /// Throws `emptyTokens`, `textTooLong`, `tokenOutOfVocabulary` or `activationOverflow`.
  package func embed(_ tokens: [Int]) throws -> EmbeddingTrace {
    if tokens.isEmpty { throw ModelError.emptyTokens }
    if tokens.count > parameters.positions {
      throw ModelError.textTooLong(tokens: tokens.count, positions: parameters.positions)
    }
    let padded = tokens + Array(repeating: 0, count: parameters.positions - tokens.count)
    return EmbeddingTrace(tokens: padded, output: try embeddingRows(of: padded))
  }

  /// [t, c] = embedding[token, c] * 2^(fX - fW), for any number of tokens.
  func embeddingRows(of tokens: [Int]) throws -> [Int32] {
    var output: [Int32] = []
    output.reserveCapacity(tokens.count * configuration.hiddenSize)
    let shift = parameters.embeddingShift
    for token in tokens {
      guard (0..<configuration.vocabularySize).contains(token) else {
        throw ModelError.tokenOutOfVocabulary(token: token, vocabulary: configuration.vocabularySize)
      }
      // A 16-bit weight shifted by at most 16 bits fits 32 bits.
      output.append(contentsOf: embedding.row(token).map { $0 << shift })
    }
    return output
  }
}
