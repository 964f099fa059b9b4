extension QuantizedModel {
  /// The room left in every width over the texts of calibration, greedy continuations being this model's own, and then
  /// over `samples`, cut to the positions; throws `activationOverflow` or `tokenOutOfVocabulary`.
  package func calibrationHeadroom(samples: [[Int]] = []) throws -> Headroom {
    let (length, vocabulary) = (min(parameters.positions, Calibration.longestText), configuration.vocabularySize)
    var generator = Calibration.TokenGenerator()
    var texts: [[Int]] = []
    for random in [0, 4, 8, 12] {
      let all = [configuration.beginningToken ?? 0] + generator.tokens(random, vocabulary: vocabulary)
      let start = Array(all.prefix(length))
      let room = length - start.count
      texts.append(room == 0 ? start : start + (try generate(prompt: start, maxNewTokens: room).tokens))
    }
    for _ in 0..<4 { texts.append(generator.tokens(length, vocabulary: vocabulary)) }
    texts.append(Array(repeating: 0, count: length))
    texts.append(
      generator.tokens(length / 2, vocabulary: vocabulary) + Array(repeating: 0, count: length - length / 2))
    var headroom = Headroom()
    for text in texts + samples.map({ Array($0.prefix(parameters.positions)) }) where !text.isEmpty {
      _ = try observedPass(text, &headroom)
    }
    return headroom
  }
}
