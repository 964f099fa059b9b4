import Foundation
import Model
import Testing

@Suite("Evaluation of the integer model")
struct EvaluationTests {
  @Test("KnownAnswer: perplexity within 0.5 % of the float model's, greedy agreement 99 % or better")
  func perplexity() throws {
    let (model, float) = (try ModelFixture.quantized(), try ModelFixture.floatModel())
    let known = try ModelFixture.decode(ValidationTokens.self, ModelFixture.file("val_tokens.json"))
    let text = try EvaluationText(file: ModelFixture.file("val_tokens.json"))
    #expect(text.context == 64 && text.tokens == known.tokens && text.references.isEmpty)
    #expect(text.knownPerplexity == known.perplexity && text.windows(of: 32).knownPerplexity == nil)
    let evaluation = try model.evaluate(text) { window in
      var state = FloatState(of: float)
      return float.logits(window, state: &state)
    }
    #expect(evaluation.predictions == 4032)
    let floatLoss = try #require(evaluation.referenceMeanNegativeLogLikelihood)
    #expect(abs(exp(floatLoss) / known.perplexity - 1) < 1e-4)
    #expect(abs(evaluation.perplexity / known.perplexity - 1) < 0.005)
    #expect(abs(evaluation.accuracy - 0.409722) < 0.005)
    let agreement = try #require(evaluation.agreement)
    #expect(agreement.positions == 4096)
    #expect(agreement.greedyAgreement >= 0.99)
    #expect(agreement.meanLogitError < 0.05 && agreement.meanLogitError < agreement.largestLogitError)
    #expect(agreement.largestLogitError < 0.25)
    // Calibration leaves twice the room it saw, and this text is like what it saw.
    #expect(evaluation.headroom.entries.allSatisfy { $0.left >= 0 && $0.left < $0.width })
  }

  @Test("Oracle: likelihoods are those of the full pass over all positions")
  func independentLikelihood() throws {
    let model = try ModelFixture.quantized()
    let tokens = Array(
      try ModelFixture.decode(ValidationTokens.self, ModelFixture.file("val_tokens.json")).tokens[..<90])
    var (loss, correct) = (0.0, 0)
    for window in [Array(tokens[..<40]), Array(tokens[40..<80]), Array(tokens[80...])] {
      let trace = try ModelFixture.fullPass(model, window)
      for position in 0..<window.count - 1 {
        let logits = model.dequantizedLogits(trace, at: position)
        loss += logarithmOfSum(logits) - logits[window[position + 1]]
        correct += Int(trace.winner[position]) == window[position + 1] ? 1 : 0
      }
    }
    let evaluation = try model.evaluate(EvaluationText(tokens: tokens, context: 40))
    #expect(evaluation.predictions == 87 && evaluation.correct == correct)
    #expect(abs(evaluation.meanNegativeLogLikelihood - loss / 87) < 1e-12)
    #expect(evaluation.agreement == nil && evaluation.referenceMeanNegativeLogLikelihood == nil)
    // Without a context a window is as long as the model's positions; a last window of one token is left out.
    #expect(try model.evaluate(EvaluationText(tokens: Array(tokens[..<65]))).predictions == 63)
  }

  @Test("KnownAnswer: agreement with the reference logits of a file")
  func references() throws {
    let model = try ModelFixture.quantized()
    let text = try EvaluationText(file: ModelFixture.file("reference.json"))
    let evaluation = try model.evaluate(text)
    let agreement = try #require(evaluation.agreement)
    #expect(agreement.positions == 8 * 16 && agreement.greedyAgreement == 1 && agreement.logitPositions == 8)
    #expect(agreement.meanLogitError < 0.02 && agreement.largestLogitError < 0.05)
    #expect(evaluation.predictions == 0 && evaluation.perplexity == 1)
    // The comparison sees a logit that is wrong, and a greedy token that is another.
    let first = text.references[0]
    var wrong = first.logits
    wrong[17] = 100
    let other = EvaluationText(tokens: [], references: [.init(tokens: first.tokens, logits: wrong)])
    let bad = try #require(try model.evaluate(other).agreement)
    #expect(bad.greedyAgreement == 0 && bad.largestLogitError > 50)
    // Another continuation is another greedy token each time, and one that does not fit the positions is cut.
    let strangers = first.greedyTokens.map { ($0 + 1) % 512 }
    func compared(_ tokens: [Int], _ greedy: [Int]) throws -> Evaluation.Agreement? {
      let reference = EvaluationText.Reference(tokens: tokens, logits: first.logits, greedyTokens: greedy)
      return try model.evaluate(EvaluationText(tokens: [], references: [reference])).agreement
    }
    let estranged = try compared(first.tokens, strangers)
    #expect(estranged?.positions == 16 && estranged?.sameGreedyToken ?? 16 < 8)
    let long = Array(repeating: 7, count: 62)
    #expect(try compared(long, first.greedyTokens)?.positions == 3)
  }

  @Test("Rejects: files and windows that cannot be evaluated")
  func rejections() throws {
    func parse(_ text: String) throws -> EvaluationText {
      try EvaluationText(json: Data(text.utf8), file: "tokens.json")
    }
    #expect(try parse("[1, 2, 3]") == EvaluationText(tokens: [1, 2, 3]))
    #expect(try parse(#"{"tokens": [1, 2], "context": 2}"#) == EvaluationText(tokens: [1, 2], context: 2))
    for text in [
      "", "{}", "3", "[1, \"a\"]", #"{"tokens": 3}"#, #"{"tokens": [1], "context": 1}"#, #"{"context": 4}"#,
      #"{"tokens": [1.5]}"#, #"{"tokens": [1, 2], "perplexity": -1}"#, #"{"prompts": [{"prompt_ids": [1]}]}"#,
    ] {
      let error = #expect(throws: ModelError.self) { try parse(text) }
      guard case .malformedField = error else {
        Issue.record("\(text) gave \(String(describing: error))")
        continue
      }
    }
    let model = try ModelFixture.quantized(positions: 16)
    for tokens in [[], [1]] {
      #expect(throws: ModelError.emptyTokens) { try model.evaluate(EvaluationText(tokens: tokens)) }
    }
    #expect(throws: ModelError.textTooLong(tokens: 17, positions: 16)) {
      try model.evaluate(EvaluationText(tokens: Array(repeating: 1, count: 17), context: 32))
    }
    #expect(throws: ModelError.tokenOutOfVocabulary(token: 512, vocabulary: 512)) {
      try model.evaluate(EvaluationText(tokens: [1, 512]))
    }
    #expect(throws: ModelError.self) {
      try model.evaluate(EvaluationText(tokens: [], references: [.init(tokens: [1], logits: [0])]))
    }
    #expect(throws: ModelError.self) { try model.evaluate(EvaluationText(tokens: [1, 2])) { _ in [0] } }
    #expect(throws: ModelError.tokenOutOfVocabulary(token: -1, vocabulary: 512)) {
      try QuantizedModel(quantizing: ModelFixture.floatModel(), positions: 16, samples: [[0], [-1]])
    }
  }

  @Test("KnownAnswer: headroom counts the bits of the largest values")
  func headroom() throws {
    let model = try ModelFixture.quantized(positions: 16)
    let embedding = try model.embed([1, 2, 3, 4])
    let trace = try model.layer(0, input: embedding.output)
    var headroom = Headroom()
    #expect(headroom.tightest == nil)
    headroom.record(trace, layer: 0, parameters: model.parameters)
    headroom.record(trace, layer: 3, parameters: model.parameters)
    headroom.record(try model.head(input: trace.output.values))
    func used(_ tensor: String, _ layer: Int?) -> Int? {
      headroom.entries.first { $0.tensor == tensor && $0.layer == layer }?.used
    }
    func bits(_ values: [Int32]) -> Int {
      var bits = 1
      while values.contains(where: { Int64($0) < -(1 << (bits - 1)) || Int64($0) >= 1 << (bits - 1) }) { bits += 1 }
      return bits
    }
    for layer in [0, 3] {
      #expect(used("query", layer) == bits(trace.attention.query.values))
      #expect(used("hidden", layer) == bits(trace.feedForward.hidden.values))
      #expect(used("output", layer) == bits(trace.output.values))
    }
    var largest: Int64 = 0
    let softmax = trace.attention.softmax
    for (index, exponential) in softmax.exponential.enumerated() where index % 16 <= index / 16 % 16 {
      #expect(exponential >= 0)
      largest = max(largest, Int64(softmax.differenceHigh[index]) * 1024 + Int64(softmax.differenceLow[index]))
    }
    #expect(used("difference", 0) == Int64.bitWidth - largest.leadingZeroBitCount)
    #expect(headroom.entries.count == 2 * 18 + 3)
    let lines = headroom.table.split(separator: "\n")
    #expect(lines.count == 22 && lines[0].split(separator: " ") == ["tensor", "bits", "left", "0", "3"])
    let tightest = try #require(headroom.tightest)
    #expect(headroom.entries.allSatisfy { $0.left >= tightest.left })
    // More is recorded, never less.
    let before = headroom
    headroom.record(trace, layer: 0, parameters: model.parameters)
    #expect(headroom == before)
  }

  @Test("Laws: a sample text widens the ranges that calibration saw")
  func samples() throws {
    let float = try ModelFixture.floatModel()
    let own = Calibration.ranges(of: float, positions: 64)
    let more = Calibration.ranges(of: float, positions: 64, samples: [[], Array(300..<400)])
    #expect(more.hidden >= own.hidden && more.residual >= own.residual && more.query >= own.query)
    let fewer = Calibration.ranges(of: float, positions: 64, samples: [])
    #expect(fewer == own)
  }
}
