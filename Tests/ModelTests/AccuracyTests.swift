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
}
