import Foundation
import Model
import Support

/// Small models for tests.
enum ModelSamples {
  /// A shape whose sizes are not powers of two.
  static func configuration(
    hidden: Int = 12, intermediate: Int = 20, layers: Int = 1, heads: Int = 6, groups: Int = 2, headDimension: Int = 4,
    vocabulary: Int = 37, ternary: TernaryFormat? = nil, biases: BiasedProjections? = nil
  ) -> ModelConfiguration {
    ModelConfiguration(
      hiddenSize: hidden, intermediateSize: intermediate, layerCount: layers, attentionHeads: heads,
      keyValueHeads: groups, headDimension: headDimension, vocabularySize: vocabulary, maximumPositions: 64,
      normEpsilon: 1e-5, rotaryTheta: 10000, ternaryFormat: ternary, biasedProjections: biases, tiesEmbeddings: false,
      beginningToken: nil, endTokens: [])
  }

  /// A model of random weights, quantised, with digits of `digitBits` bits and a SiLU table of 2^10 entries.
  static func random(
    _ configuration: ModelConfiguration, positions: Int, digitBits: Int = 16, seed: UInt64
  ) throws -> QuantizedModel {
    let floats = try FloatModel(
      configuration: configuration, weights: SafetensorsFile(bytes: weights(configuration, seed), name: "random"))
    let calibrated = try QuantizedModel(quantizing: floats, positions: positions).parameters
    var parameters = calibrated
    parameters.digitBits = digitBits
    parameters.siluBits = 10
    parameters.gateExponent -= calibrated.siluBits - 10
    parameters.hiddenExponent = min(parameters.hiddenExponent, parameters.gateExponent + parameters.upExponent - 1)
    return try QuantizedModel(quantizing: floats, parameters: parameters)
  }

  /// The tiny ternary model among the vectors of the model's tests.
  static func tinyTernary(positions: Int) throws -> QuantizedModel {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let floats = try FloatModel(directory: tests.appending(path: "ModelTests/Vectors/tiny-ternary"))
    return try QuantizedModel(quantizing: floats, positions: positions)
  }

  /// The tiny LLaMA among the vectors of the model's tests.
  static func tinyLLaMA(positions: Int) throws -> QuantizedModel {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let floats = try FloatModel(directory: tests.appending(path: "ModelTests/Vectors/tiny-llama"))
    return try QuantizedModel(quantizing: floats, positions: positions)
  }

  /// A safetensors file: matrices of variance 1 / inputs, gains between 0.5 and 1.5, biases of variance 1, ternary
  /// projections packed.
  private static func weights(_ configuration: ModelConfiguration, _ seed: UInt64) -> Data {
    let (hidden, inner) = (configuration.hiddenSize, configuration.intermediateSize)
    let (queries, keys) = (configuration.queryChannels, configuration.keyValueChannels)
    var shapes: [(String, [Int])] = [
      ("model.embed_tokens.weight", [configuration.vocabularySize, hidden]), ("model.norm.weight", [hidden]),
      ("lm_head.weight", [configuration.vocabularySize, hidden]),
    ]
    for layer in 0..<configuration.layerCount {
      for (name, shape) in [
        ("input_layernorm", [hidden]), ("self_attn.q_proj", [queries, hidden]), ("self_attn.k_proj", [keys, hidden]),
        ("self_attn.v_proj", [keys, hidden]), ("self_attn.o_proj", [hidden, queries]),
        ("post_attention_layernorm", [hidden]), ("mlp.gate_proj", [inner, hidden]), ("mlp.up_proj", [inner, hidden]),
        ("mlp.down_proj", [hidden, inner]),
      ] {
        shapes.append(("model.layers.\(layer).\(name).weight", shape))
      }
      let lengths = configuration.biasedProjections?.lengths(in: configuration).all ?? []
      for (name, length) in zip(["q", "k", "v", "o"], lengths) {
        shapes.append(("model.layers.\(layer).self_attn.\(name)_proj.bias", [length]))
      }
    }
    var generator = SeededGenerator(seed: seed)
    var header: [String] = []
    var body = Data()
    func add(_ name: String, _ shape: [Int], _ type: String, _ bytes: [UInt8]) {
      let sizes = shape.map(String.init).joined(separator: ",")
      let end = body.count + bytes.count
      header.append(
        "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":[\(sizes)],\"data_offsets\":[\(body.count),\(end)]}")
      body.append(contentsOf: bytes)
    }
    for (name, shape) in shapes {
      let count = shape.reduce(1, *)
      if configuration.ternaryFormat != nil && name.hasSuffix("_proj.weight") {
        let weights = (0..<count / 4).map { _ in
          (0..<4).reduce(UInt8(0)) { byte, _ in byte << 2 | UInt8.random(in: 0...2, using: &generator) }
        }
        add(name, [shape[0] / 4, shape[1]], "U8", weights)
        let scale = Float(Double.random(in: 1...2, using: &generator) / Double(shape[1]).squareRoot())
        add(name + "_scale", [1], "F32", withUnsafeBytes(of: scale.bitPattern.littleEndian) { Array($0) })
        continue
      }
      let isGain = shape.count == 1 && name.hasSuffix(".weight")
      let (range, bound) = isGain ? (0.5...1.5, 0) : (-1...1, shape.count == 1 ? 1 : shape[1])
      let start = body.count
      for _ in 0..<count {
        let scale = bound == 0 ? 1 : (3 / Double(bound)).squareRoot()
        let value = Float(Double.random(in: range, using: &generator) * scale)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { body.append(contentsOf: $0) }
      }
      let sizes = shape.map(String.init).joined(separator: ",")
      header.append("\"\(name)\":{\"dtype\":\"F32\",\"shape\":[\(sizes)],\"data_offsets\":[\(start),\(body.count)]}")
    }
    let text = Data("{\(header.joined(separator: ","))}".utf8)
    var file = Data()
    withUnsafeBytes(of: UInt64(text.count).littleEndian) { file.append(contentsOf: $0) }
    return file + text + body
  }
}
