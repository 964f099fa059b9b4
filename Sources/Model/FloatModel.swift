package import Foundation

/// One layer of a float model, matrices [output][input] in row-major order.
struct FloatLayer: Sendable {
  let attentionNorm: [Float]
  let query: [Float]
  let key: [Float]
  let value: [Float]
  let output: [Float]
  let feedForwardNorm: [Float]
  let gate: [Float]
  let up: [Float]
  let down: [Float]
  /// What is added to projections of attention, one number for each output, if anything is.
  let biases: AttentionBiases<[Float]>?
}

/// The float model: the reference for calibration and accuracy, never part of what is proved.
package struct FloatModel: Sendable {
  /// The shape.
  package let configuration: ModelConfiguration
  /// [v][c]
  let embedding: [Float]
  /// First to last.
  let layers: [FloatLayer]
  /// [c]
  let finalNorm: [Float]
  /// [v][c]
  let head: [Float]
  /// Tensors that were there and have no place in the architecture, ascending; they take no part in the computation.
  package let ignoredTensors: [String]
  /// What t = 1 stands for in every projection of every layer, if the projections are ternary.
  let units: [PerProjection<Double>]?

  /// Reads `config.json` and `model.safetensors`, or `model.safetensors.index.json` and the files it names, of a
  /// directory; throws any reading error of this target.
  package init(directory: URL) throws {
    let configuration = try ModelConfiguration(file: directory.appendingPathComponent("config.json"))
    try self.init(configuration: configuration, weights: ModelFiles.weights(in: directory))
  }

  /// Reads all weights by their names in the transformers library, ternary ones unpacked; throws `missingTensor` or
  /// `unexpectedTensor`, also for a bias the configuration does not have, unless it is zero, and for layers beyond the
  /// configuration's. Tensors no LLaMA has
  /// are listed and ignored, as that library does.
  package init(configuration: ModelConfiguration, weights source: any TensorSource) throws {
    let ternary = configuration.ternaryFormat.map { TernarySource(packed: source, format: $0) }
    let weights: any TensorSource = ternary ?? source
    let (hidden, inner) = (configuration.hiddenSize, configuration.intermediateSize)
    let (queries, keys) = (configuration.queryChannels, configuration.keyValueChannels)
    let vocabulary = configuration.vocabularySize
    var expected: Set<String> = []
    func read(_ tensor: String, _ shape: Int...) throws -> [Float] {
      expected.insert(tensor)
      return try weights.floats(tensor, shape: shape)
    }
    self.configuration = configuration
    embedding = try read("model.embed_tokens.weight", vocabulary, hidden)
    layers = try (0..<configuration.layerCount).map { index in
      func tensor(_ name: String) -> String { "model.layers.\(index).\(name).weight" }
      func bias(_ name: String, _ count: Int) throws -> [Float] {
        try read("model.layers.\(index).self_attn.\(name)_proj.bias", count)
      }
      return FloatLayer(
        attentionNorm: try read(tensor("input_layernorm"), hidden),
        query: try read(tensor("self_attn.q_proj"), queries, hidden),
        key: try read(tensor("self_attn.k_proj"), keys, hidden),
        value: try read(tensor("self_attn.v_proj"), keys, hidden),
        output: try read(tensor("self_attn.o_proj"), hidden, queries),
        feedForwardNorm: try read(tensor("post_attention_layernorm"), hidden),
        gate: try read(tensor("mlp.gate_proj"), inner, hidden),
        up: try read(tensor("mlp.up_proj"), inner, hidden),
        down: try read(tensor("mlp.down_proj"), hidden, inner),
        biases: try configuration.biasedProjections.map { projections in
          AttentionBiases(
            query: try bias("q", queries), key: try bias("k", keys), value: try bias("v", keys),
            output: projections == .all ? try bias("o", hidden) : nil)
        })
    }
    finalNorm = try read("model.norm.weight", hidden)
    units = try ternary.map { source in
      try (0..<configuration.layerCount).map { index in
        func unit(_ name: String) throws -> Double { try source.unit(of: "model.layers.\(index).\(name)_proj.weight") }
        return PerProjection(
          query: try unit("self_attn.q"), key: try unit("self_attn.k"), value: try unit("self_attn.v"),
          output: try unit("self_attn.o"), gate: try unit("mlp.gate"), up: try unit("mlp.up"),
          down: try unit("mlp.down"))
      }
    }
    head = configuration.tiesEmbeddings ? embedding : try read("lm_head.weight", vocabulary, hidden)
    let ignored = configuration.tiesEmbeddings ? ["lm_head.weight"] : []
    var others: [String] = []
    for tensor in weights.tensors
    where !expected.contains(tensor) && !ignored.contains(tensor) && !tensor.hasSuffix(".rotary_emb.inv_freq") {
      let index = tensor.split(separator: ".").dropFirst(2).first.flatMap { Int($0) } ?? 0
      if tensor.hasPrefix("model.layers."), index >= configuration.layerCount {
        throw ModelError.unexpectedTensor(
          file: weights.name, tensor: tensor, found: "a place in layer \(index)",
          expected: "\(configuration.layerCount) layers, as the configuration says")
      }
      // A bias where the architecture has none would change the computation, unless it is zero.
      guard tensor.hasSuffix(".bias"), expected.contains(String(tensor.dropLast(4)) + "weight"),
        let shape = weights.shape(of: tensor)
      else {
        others.append(tensor)
        continue
      }
      if try weights.floats(tensor, shape: shape).contains(where: { $0 != 0 }) {
        throw ModelError.unexpectedTensor(
          file: weights.name, tensor: tensor, found: "a bias that is not zero",
          expected: "no bias there, or zeros")
      }
    }
    ignoredTensors = others
  }
}
