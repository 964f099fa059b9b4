/// The deterministic texts whose activations choose the exponents.
///
/// With L = min(positions, 64) tokens each: four greedy continuations of the beginning token followed by 0, 4, 8, 12
/// pseudo-random tokens; four pseudo-random texts; token 0 throughout; and L/2 pseudo-random tokens then token 0,
/// because positions beyond a text hold token 0. Pseudo-random tokens come from one generator for all texts.
package enum Calibration {
  /// x := 6364136223846793005 x + 1442695040888963407 mod 2^64, from 0; a token is (x >> 33) mod vocabulary.
  struct TokenGenerator {
    private var state: UInt64 = 0

    /// The next `count` tokens.
    mutating func tokens(_ count: Int, vocabulary: Int) -> [Int] {
      (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % vocabulary
      }
    }
  }

  /// How many texts there are.
  package static let textCount = 10
  /// Tokens of a text at most.
  package static let longestText = 64

  /// The largest activations of `model` over all calibration texts and then over `samples`, cut to `positions` tokens;
  /// their ids are below the vocabulary's size.
  package static func ranges(
    of model: FloatModel, positions: Int, samples: [[Int]] = []
  ) -> ActivationRanges {
    let (length, vocabulary) = (min(positions, longestText), model.configuration.vocabularySize)
    var generator = TokenGenerator()
    var state = FloatState(of: model)
    for random in [0, 4, 8, 12] {
      let start = [model.configuration.beginningToken ?? 0] + generator.tokens(random, vocabulary: vocabulary)
      continueGreedily(Array(start.prefix(length)), length: length, model: model, state: &state)
    }
    for _ in 0..<4 { observe(generator.tokens(length, vocabulary: vocabulary), model: model, state: &state) }
    observe(Array(repeating: 0, count: length), model: model, state: &state)
    let half = length / 2
    observe(
      generator.tokens(half, vocabulary: vocabulary) + Array(repeating: 0, count: length - half),
      model: model, state: &state)
    for sample in samples where !sample.isEmpty {
      observe(Array(sample.prefix(positions)), model: model, state: &state)
    }
    return state.ranges
  }

  private static func observe(_ tokens: [Int], model: FloatModel, state: inout FloatState) {
    _ = model.logits(tokens, state: &state)
    state.restart()
  }

  private static func continueGreedily(_ start: [Int], length: Int, model: FloatModel, state: inout FloatState) {
    var logits = model.logits(start, state: &state)
    for _ in start.count..<length {
      let last = logits.suffix(model.configuration.vocabularySize)
      let best = last.indices.reduce(last.startIndex) { last[$1] > last[$0] ? $1 : $0 }
      logits = model.logits([best - last.startIndex], state: &state)
    }
    state.restart()
  }
}
