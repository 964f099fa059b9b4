// Fields are named as in the files.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import Model

/// The tiny LLaMA of the test vectors, its integer model and its references.
enum ModelFixture {
  /// The folder of vectors.
  static var vectors: URL { Bundle.module.bundleURL.appendingPathComponent("Vectors") }

  /// A file of the tiny LLaMA.
  static func file(_ name: String) -> URL { vectors.appendingPathComponent("tiny-llama/\(name)") }

  /// Decodes a JSON vector file.
  static func decode<Value: Decodable>(_ type: Value.Type, _ url: URL) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: url))
  }

  /// A JSON object of the tiny LLaMA with edited fields.
  static func edited(_ name: String, _ edit: (inout [String: Any]) -> Void) throws -> Data {
    var fields = try JSONSerialization.jsonObject(with: Data(contentsOf: file(name))) as? [String: Any] ?? [:]
    edit(&fields)
    return try JSONSerialization.data(withJSONObject: fields)
  }

  /// The float model.
  static func floatModel() throws -> FloatModel {
    try FloatModel(directory: file("config.json").deletingLastPathComponent())
  }

  /// The integer model with T = 64.
  static func quantized(positions: Int = 64) throws -> QuantizedModel {
    try QuantizedModel(quantizing: floatModel(), positions: positions)
  }

  /// The head's trace of a full pass over all positions.
  static func fullPass(_ model: QuantizedModel, _ tokens: [Int]) throws -> HeadTrace {
    var state = try model.embed(tokens).output
    for index in model.layers.indices { state = try model.layer(index, input: state).output.values }
    return try model.head(input: state)
  }
}

/// reference.json: logits and greedy continuations of the float model.
struct Reference: Decodable {
  struct Prompt: Decodable {
    let prompt_ids: [Int]
    let prompt_text: String
    let prompt_logprobs: [Double?]
    let final_logits: [Double]
    let greedy_ids: [Int]
    let greedy_margins: [Double]
  }

  let prompts: [Prompt]
}

/// val_tokens.json: windows of tokens and the float model's loss on them.
struct ValidationTokens: Decodable {
  let context: Int
  let tokens: [Int]
  let mean_nll: Double
  let perplexity: Double
}

/// ln sum exp of logits.
func logarithmOfSum(_ logits: some Collection<Double>) -> Double {
  let largest = logits.reduce(-Double.infinity) { max($0, $1) }
  return largest + log(logits.reduce(0) { $0 + exp($1 - largest) })
}
