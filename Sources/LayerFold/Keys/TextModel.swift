import Foundation
import Model

/// A LLaMA in integers with its tokenizer and the length of text it was set up for: all that generation needs.
struct TextModel: Sendable {
  /// The bytes of tokenizer.json.
  let tokenizerJSON: Data
  /// The integer model.
  let quantized: QuantizedModel
  /// Tokens of prompt and output together at most, from 2 to the model's positions.
  let maxTokens: Int
  /// Text to tokens and back.
  let tokenizer: Tokenizer

  /// Takes the parts as they are; throws `unusableModel` if the tokenizer is unusable.
  init(tokenizerJSON: Data, quantized: QuantizedModel, maxTokens: Int) throws {
    self.tokenizerJSON = tokenizerJSON
    self.quantized = quantized
    self.maxTokens = maxTokens
    tokenizer = try ModelConstants.tokenizer(tokenizerJSON)
  }

  /// Reads and quantises a model, a folder in Hugging Face format or a GGUF file; `samples` are texts that calibration
  /// reads besides its own. Throws `missingInput`, `unusableModel` or `unusableSizes`.
  ///
  /// - Returns: the model, and the names of the tensors it has no place for.
  static func read(
    _ url: URL, maxTokens: Int, calibration: TokenText? = nil
  ) throws -> (model: TextModel, ignoredTensors: [String]) {
    let positions = try positions(maxTokens: maxTokens)
    return try LayerFoldError.translating {
      let files = try ModelFiles(at: url)
      // What is refused for its tokenizer is refused before the weights are read.
      _ = try ModelConstants.tokenizer(files.tokenizerJSON)
      let float = try files.floatModel()
      let samples = calibration?.text.windows(positions: positions) ?? []
      let quantized = try QuantizedModel(quantizing: float, positions: positions, samples: samples)
      let model = try TextModel(tokenizerJSON: files.tokenizerJSON, quantized: quantized, maxTokens: maxTokens)
      return (model, float.ignoredTensors)
    }
  }

  /// The shape of the model.
  var configuration: ModelConfiguration { quantized.configuration }

  /// The tokens of a prompt, each in the vocabulary, at least one; throws `unusablePrompt`.
  func tokens(of prompt: Prompt) throws -> [Int] { try constants.tokens(of: prompt, with: tokenizer) }

  /// The tokens of a request's prompt, which leave room for the new ones; throws `unusablePrompt`.
  @discardableResult
  func check(_ request: InferenceRequest) throws -> [Int] {
    let tokens = try tokens(of: request.prompt)
    try LayerFoldError.translating {
      if request.maxNewTokens < 1 { throw ModelError.nothingToGenerate }
      let (length, overflow) = tokens.count.addingReportingOverflow(request.maxNewTokens)
      if overflow || length > maxTokens {
        throw ModelError.textTooLong(tokens: overflow ? Int.max : length, positions: maxTokens)
      }
    }
    return tokens
  }

  /// The greedy continuation of a prompt; throws `unusablePrompt` or `activationOverflow`.
  func generate(_ prompt: Prompt, maxNewTokens: Int) throws -> Continuation {
    let tokens = try check(InferenceRequest(prompt: prompt, maxNewTokens: maxNewTokens))
    let generation = try LayerFoldError.translating {
      try quantized.generate(
        prompt: tokens, maxNewTokens: maxNewTokens, stopTokens: Set(configuration.endTokens))
    }
    return Continuation(
      promptTokens: tokens, outputTokens: generation.tokens, text: tokenizer.decode(generation.tokens),
      finalLogits: generation.finalLogits)
  }

  /// The power of two that holds `maxTokens` positions; throws `unusableSizes` outside 2 ... 2^20.
  static func positions(maxTokens: Int) throws -> Int {
    guard (2...1 << 20).contains(maxTokens) else {
      throw LayerFoldError.unusableSizes("A text of \(maxTokens) tokens was asked for; expected 2 to 1048576.")
    }
    return 1 << (Int.bitWidth - (maxTokens - 1).leadingZeroBitCount)
  }
}
