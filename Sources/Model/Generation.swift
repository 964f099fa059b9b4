import Foundation

/// A greedy continuation.
package struct Generation: Equatable, Sendable {
  /// The new tokens, at least one; the last is a stop token or the number asked for is reached.
  package let tokens: [Int]
  /// [v] dequantised logits from which the last new token was chosen.
  package let finalLogits: [Double]
}

extension QuantizedModel {
  /// The greedy continuation of `prompt` by at most `maxNewTokens` tokens, ending after the first of `stopTokens`.
  ///
  /// Integers are identical to those of the full pass, which recomputes all positions at once.
  /// Throws `emptyTokens`, `nothingToGenerate`, `textTooLong`, `tokenOutOfVocabulary` or `activationOverflow`.
  package func generate(prompt: [Int], maxNewTokens: Int, stopTokens: Set<Int> = []) throws -> Generation {
    if prompt.isEmpty { throw ModelError.emptyTokens }
    if maxNewTokens < 1 { throw ModelError.nothingToGenerate }
    let (length, overflow) = prompt.count.addingReportingOverflow(maxNewTokens)
    if overflow || length > parameters.positions {
      throw ModelError.textTooLong(tokens: overflow ? Int.max : length, positions: parameters.positions)
    }
    var caches = [KeyValueCache](repeating: KeyValueCache(), count: layers.count)
    var pending = prompt
    var generated: [Int] = []
    while true {
      let trace = try advance(pending, caches: &caches)
      let token = Int(trace.winner[0])
      generated.append(token)
      if generated.count == maxNewTokens || stopTokens.contains(token) {
        return Generation(tokens: generated, finalLogits: dequantizedLogits(trace, at: 0))
      }
      pending = [token]
    }
  }

  /// The real logits of one position of a head trace, [v].
  package func dequantizedLogits(_ trace: HeadTrace, at position: Int) -> [Double] {
    let unit = Double(sign: .plus, exponent: -parameters.logitExponent, significand: 1)
    return trace.logits(at: position).map { Double($0) * unit }
  }

  /// Processes `tokens` behind the cached positions and returns the head's trace of the last of them.
  private func advance(_ tokens: [Int], caches: inout [KeyValueCache]) throws -> HeadTrace {
    var state = try embeddingRows(of: tokens)
    for index in layers.indices {
      state = try layer(index, input: state, cache: &caches[index]).output.values
    }
    return try head(input: Array(state.suffix(configuration.hiddenSize)))
  }
}
