import Foundation
import Model
import Testing

@Suite("Accuracy against the published float references")
struct AccuracyTests {
  @Test("KnownAnswer: the float model reproduces the reference logits")
  func floatLogits() throws {
    let model = try ModelFixture.floatModel()
    let reference = try ModelFixture.decode(Reference.self, ModelFixture.file("reference.json"))
    for prompt in reference.prompts {
      var state = FloatState(of: model)
      let logits = model.logits(prompt.prompt_ids, state: &state).suffix(model.configuration.vocabularySize)
      let error = zip(logits, prompt.final_logits).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
      #expect(error < 1e-4)
    }
  }

  @Test("KnownAnswer: integer logits and greedy tokens agree with the reference")
  func integerLogits() throws {
    let model = try ModelFixture.quantized()
    let reference = try ModelFixture.decode(Reference.self, ModelFixture.file("reference.json"))
    for prompt in reference.prompts {
      let first = try model.generate(prompt: prompt.prompt_ids, maxNewTokens: 1)
      let errors = zip(first.finalLogits, prompt.final_logits).map { abs($0 - $1) }
      let mean = errors.reduce(0, +) / Double(errors.count)
      let largest = errors.reduce(0) { max($0, $1) }
      #expect(mean < 0.05)
      let greedy = try model.generate(prompt: prompt.prompt_ids, maxNewTokens: 16).tokens
      let agreeing = zip(greedy, prompt.greedy_ids).prefix { $0 == $1 }.count
      // Up to the first difference both saw the same text; there the float margin must be within the error.
      if agreeing < 16 { #expect(prompt.greedy_margins[agreeing] < 2 * largest) }
    }
  }

  @Test("KnownAnswer: perplexity of the integer model is within 0.5 % of the float model's")
  func perplexity() throws {
    let model = try ModelFixture.quantized()
    let float = try ModelFixture.floatModel()
    let validation = try ModelFixture.decode(ValidationTokens.self, ModelFixture.file("val_tokens.json"))
    var (loss, floatLoss, predictions, error) = (0.0, 0.0, 0, 0.0)
    for start in stride(from: 0, to: validation.tokens.count, by: validation.context) {
      let window = Array(validation.tokens[start..<start + validation.context])
      let trace = try ModelFixture.fullPass(model, window)
      var state = FloatState(of: float)
      let floatLogits = float.logits(window, state: &state).map { Double($0) }
      for position in 0..<window.count - 1 {
        let logits = model.dequantizedLogits(trace, at: position)
        let expected = floatLogits[position * logits.count..<(position + 1) * logits.count]
        let target = window[position + 1]
        loss += logarithmOfSum(logits) - logits[target]
        floatLoss += logarithmOfSum(expected) - expected[expected.startIndex + target]
        error += zip(logits, expected).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(logits.count)
        predictions += 1
      }
    }
    let perplexity = exp(loss / Double(predictions))
    #expect(abs(exp(floatLoss / Double(predictions)) / validation.perplexity - 1) < 1e-4)
    #expect(abs(perplexity / validation.perplexity - 1) < 0.005)
    #expect(error / Double(predictions) < 0.05)
  }
}
