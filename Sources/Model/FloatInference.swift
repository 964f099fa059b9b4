import Foundation

/// The largest absolute values seen of every tensor that has its own exponent.
package struct ActivationRanges: Equatable, Sendable {
  /// The residual stream, at every place where it is normalised.
  package var residual = 0.0
  /// Queries, before and after rotation.
  package var query = 0.0
  /// Keys, before and after rotation.
  package var key = 0.0
  /// Values.
  package var value = 0.0
  /// The gate, before SiLU.
  package var gate = 0.0
  /// The up projection.
  package var up = 0.0
  /// SiLU(gate) * up.
  package var hidden = 0.0
  /// What query, key and value read, gains included.
  package var attentionInput = 0.0
  /// What gate and up read, gains included.
  package var feedForwardInput = 0.0

  /// Whether no activation was too large for a float of 32 bits.
  var areFinite: Bool {
    [residual, query, key, value, gate, up, hidden, attentionInput, feedForwardInput].allSatisfy { $0.isFinite }
  }
}

/// What a float model remembers between positions: rotated keys and values of each layer, and the ranges seen.
package struct FloatState: Sendable {
  /// The ranges seen so far.
  package internal(set) var ranges = ActivationRanges()
  /// [t, g, s, p] for every layer.
  var keys: [[Float]]
  /// [t, g, s, p] for every layer.
  var values: [[Float]]

  /// The state before the first token.
  package init(of model: FloatModel) {
    keys = Array(repeating: [], count: model.layers.count)
    values = keys
  }

  /// Forgets the text but not the ranges.
  mutating func restart() {
    keys = keys.map { _ in [] }
    values = keys
  }
}

extension FloatModel {
  /// [t, v] the logits of all `tokens`, which follow those already in `state`; ids are below the vocabulary's size.
  package func logits(_ tokens: [Int], state: inout FloatState) -> [Float] {
    let hidden = configuration.hiddenSize
    var stream: [Float] = []
    for token in tokens { stream += embedding[token * hidden..<(token + 1) * hidden] }
    for index in layers.indices { step(index, &stream, &state) }
    observe(stream, &state.ranges.residual)
    return floatProduct(normalize(stream, finalNorm), head, columns: hidden)
  }

  private func step(_ index: Int, _ stream: inout [Float], _ state: inout FloatState) {
    let (weights, hidden) = (layers[index], configuration.hiddenSize)
    observe(stream, &state.ranges.residual)
    let gained = normalize(stream, weights.attentionNorm)
    observe(gained, &state.ranges.attentionInput)
    let normalized = projectionInput(gained, channels: hidden)
    var query = floatProduct(normalized, weights.query, columns: hidden)
    var key = floatProduct(normalized, weights.key, columns: hidden)
    var value = floatProduct(normalized, weights.value, columns: hidden)
    add(weights.biases?.query, toRowsOf: &query)
    add(weights.biases?.key, toRowsOf: &key)
    add(weights.biases?.value, toRowsOf: &value)
    observe(query, &state.ranges.query)
    observe(key, &state.ranges.key)
    observe(value, &state.ranges.value)
    let first = state.keys[index].count / configuration.keyValueChannels
    rotate(&query, heads: configuration.attentionHeads, first: first)
    rotate(&key, heads: configuration.keyValueHeads, first: first)
    observe(query, &state.ranges.query)
    observe(key, &state.ranges.key)
    state.keys[index] += key
    state.values[index] += value
    let attended = attend(query, keys: state.keys[index], values: state.values[index], first: first)
    let outputInput = projectionInput(attended, channels: configuration.queryChannels)
    var output = floatProduct(outputInput, weights.output, columns: configuration.queryChannels)
    add(weights.biases?.output, toRowsOf: &output)
    add(output, to: &stream)

    observe(stream, &state.ranges.residual)
    let secondGained = normalize(stream, weights.feedForwardNorm)
    observe(secondGained, &state.ranges.feedForwardInput)
    let second = projectionInput(secondGained, channels: hidden)
    let gate = floatProduct(second, weights.gate, columns: hidden)
    let up = floatProduct(second, weights.up, columns: hidden)
    let inner = zip(gate, up).map { $0 / (1 + exp(-$0)) * $1 }
    observe(gate, &state.ranges.gate)
    observe(up, &state.ranges.up)
    observe(inner, &state.ranges.hidden)
    let downInput = projectionInput(inner, channels: configuration.intermediateSize)
    add(floatProduct(downInput, weights.down, columns: configuration.intermediateSize), to: &stream)
  }

  /// What a projection reads: `values`, or, if the model is ternary, every row of `channels` of them rounded to 8 bits
  /// by the rule of BitNet: x s to the nearest integer, halves to even, divided by s = 127 / max(|x|, 1e-5).
  private func projectionInput(_ values: [Float], channels: Int) -> [Float] {
    if units == nil { return values }
    var result = values
    for row in 0..<values.count / channels {
      let range = row * channels..<(row + 1) * channels
      let scale = 127 / max(values[range].reduce(0) { max($0, abs($1)) }, 1e-5)
      for index in range {
        result[index] = min(max((values[index] * scale).rounded(.toNearestOrEven), -128), 127) / scale
      }
    }
    return result
  }

  private func observe(_ values: [Float], _ largest: inout Double) {
    for value in values { largest = max(largest, Double(abs(value))) }
  }

  private func add(_ values: [Float], to stream: inout [Float]) {
    for index in stream.indices { stream[index] += values[index] }
  }

  /// Adds a bias, if there is one, to every row.
  private func add(_ bias: [Float]?, toRowsOf rows: inout [Float]) {
    guard let bias else { return }
    for index in rows.indices { rows[index] += bias[index % bias.count] }
  }

  private func normalize(_ stream: [Float], _ gains: [Float]) -> [Float] {
    var output = stream
    for row in 0..<stream.count / gains.count {
      let range = row * gains.count..<(row + 1) * gains.count
      let squares = stream[range].reduce(0.0) { $0 + Double($1) * Double($1) }
      let scale = 1 / (squares / Double(gains.count) + configuration.normEpsilon).squareRoot()
      for index in range { output[index] = Float(Double(stream[index]) * scale) * gains[index - range.lowerBound] }
    }
    return output
  }

  private func rotate(_ tensor: inout [Float], heads: Int, first: Int) {
    let (half, channels) = (configuration.halfHead, configuration.headDimension)
    let frequencies = rotaryFrequencies(
      headDimension: channels, theta: configuration.rotaryTheta, scaling: configuration.rotaryScaling)
    for row in 0..<tensor.count / (heads * channels) {
      for pair in 0..<half {
        let angle = Double(first + row) * frequencies[pair]
        let (cosine, sine) = (Float(cos(angle)), Float(sin(angle)))
        for head in 0..<heads {
          let low = (row * heads + head) * channels + pair
          let (x, y) = (tensor[low], tensor[low + half])
          tensor[low] = cosine * x - sine * y
          tensor[low + half] = cosine * y + sine * x
        }
      }
    }
  }

  private func attend(_ query: [Float], keys: [Float], values: [Float], first: Int) -> [Float] {
    let (channels, heads, width) = (
      configuration.headDimension, configuration.attentionHeads, configuration.keyValueChannels
    )
    let scale = 1 / Float(channels).squareRoot()
    var output = [Float](repeating: 0, count: query.count)
    for row in 0..<query.count / (heads * channels) {
      for head in 0..<heads {
        let base = (row * heads + head) * channels
        let group = head / configuration.members * channels
        var weights = (0...first + row).map { key in
          (0..<channels).reduce(Float(0)) { $0 + query[base + $1] * keys[key * width + group + $1] } * scale
        }
        let largest = weights.reduce(-Float.infinity) { max($0, $1) }
        weights = weights.map { exp($0 - largest) }
        let total = weights.reduce(0, +)
        for (key, weight) in weights.enumerated() {
          for channel in 0..<channels {
            output[base + channel] += weight / total * values[key * width + group + channel]
          }
        }
      }
    }
    return output
  }
}
