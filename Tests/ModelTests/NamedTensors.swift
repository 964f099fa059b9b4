import Crypto
import Foundation
import Model

/// One of our tensors, in the form of the vectors.
struct Fingerprint: Equatable {
  /// Entries.
  let count: Int
  /// The first eight.
  let first: [String]
  /// Of all values as little-endian 64-bit integers, 128-bit ones as such.
  let sha256: String

  /// Takes what a file says.
  init(count: Int, first: [String], sha256: String) {
    (self.count, self.first, self.sha256) = (count, first, sha256)
  }

  /// Summarises all values.
  init<Value: FixedWidthInteger & SignedInteger>(_ values: [Value]) {
    count = values.count
    first = values.prefix(8).map { String($0) }
    var bytes = Data()
    for value in values {
      if Value.bitWidth == 128 {
        withUnsafeBytes(of: Int128(value).littleEndian) { bytes.append(contentsOf: $0) }
      } else {
        withUnsafeBytes(of: Int64(value).littleEndian) { bytes.append(contentsOf: $0) }
      }
    }
    sha256 = SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
  }
}

/// All tensors of one run, by the names of Docs/IntegerModel.md.
struct NamedTensors {
  /// By name.
  private(set) var fingerprints: [String: Fingerprint] = [:]

  /// All tensors of a pass over `tokens`.
  init(_ model: QuantizedModel, tokens: [Int]) throws {
    addConstants(model)
    let embedding = try model.embed(tokens)
    add("embedding", embedding.output)
    var state = embedding.output
    for index in model.layers.indices {
      let trace = try model.layer(index, input: state)
      add(trace, "layer\(index).")
      state = trace.output.values
    }
    add(try model.head(input: state))
  }

  /// The tensors of one layer, with `prefix` before their names.
  init(_ layer: LayerTrace, _ prefix: String) {
    add(layer, prefix)
  }

  /// The tensors of a head.
  init(_ head: HeadTrace) {
    add(head)
  }

  private mutating func add(_ head: HeadTrace) {
    add(head.norm, "head.headNorm")
    add("head.winner", head.winner)
    add("head.largest", head.largest)
    add("head.gaps", head.gaps)
  }

  private mutating func add<Value: FixedWidthInteger & SignedInteger>(_ name: String, _ values: [Value]) {
    fingerprints[name] = Fingerprint(values)
  }

  private mutating func add(_ name: String, _ tensor: RescaledTensor) {
    add(name, tensor.values)
    add(name + "Remainder", tensor.remainders)
  }

  private mutating func add(_ norm: RMSNormTrace, _ name: String) {
    add(name + ".squareSum", norm.squareSum)
    add(name + ".inverseRoot", norm.inverseRoot)
    add(name + ".slackLow", norm.slackLow)
    add(name + ".slackHigh", norm.slackHigh)
    add(name + ".normalized", norm.normalized)
  }

  private mutating func addConstants(_ model: QuantizedModel) {
    add("tables.cosine", model.tables.cosine)
    add("tables.sine", model.tables.sine)
    add("tables.exponentialLow", model.tables.exponentialLow)
    add("tables.exponentialHigh", model.tables.exponentialHigh)
    add("tables.silu", model.tables.silu)
    add("weights.embedding", model.embedding.values)
    add("weights.head", model.head.values)
    for (index, layer) in model.layers.enumerated() {
      add("weights.layer\(index).query", layer.query.values)
      add("weights.layer\(index).key", layer.key.values)
      add("weights.layer\(index).value", layer.value.values)
      add("weights.layer\(index).output", layer.output.values)
      add("weights.layer\(index).gate", layer.gate.values)
      add("weights.layer\(index).up", layer.up.values)
      add("weights.layer\(index).down", layer.down.values)
      for (name, bias) in zip(["query", "key", "value", "output"], layer.biases?.all ?? []) {
        add("weights.layer\(index).\(name)Bias", bias)
      }
      if let ternary = layer.ternary {
        add("weights.layer\(index).attentionGain", ternary.attentionGain)
        add("weights.layer\(index).feedForwardGain", ternary.feedForwardGain)
        add("weights.layer\(index).multipliers", ternary.multipliers.all)
      }
    }
  }

  private mutating func add(_ trace: LayerTrace, _ prefix: String) {
    add(trace.attentionNorm, prefix + "attentionNorm")
    let (attention, softmax) = (trace.attention, trace.attention.softmax)
    add(prefix + "query", attention.query)
    add(prefix + "key", attention.key)
    add(prefix + "value", attention.value)
    add(prefix + "rotatedQuery", attention.rotatedQuery)
    add(prefix + "rotatedKey", attention.rotatedKey)
    add(prefix + "scoreRemainder", softmax.scoreRemainder)
    add(prefix + "maximum", softmax.maximum)
    add(prefix + "differenceLow", softmax.differenceLow)
    add(prefix + "differenceHigh", softmax.differenceHigh)
    add(prefix + "exponentialLow", softmax.exponentialLow)
    add(prefix + "exponentialHigh", softmax.exponentialHigh)
    add(prefix + "exponential", softmax.exponential)
    add(prefix + "total", softmax.total)
    add(prefix + "reciprocal", softmax.reciprocal)
    add(prefix + "slackLow", softmax.slackLow)
    add(prefix + "slackHigh", softmax.slackHigh)
    add(prefix + "weightedSum", attention.weightedSum)
    add(prefix + "attended", attention.attended)
    add(prefix + "attentionOutput", trace.attentionOutput)
    add(trace.feedForwardNorm, prefix + "feedForwardNorm")
    add(prefix + "gate", trace.feedForward.gate)
    add(prefix + "up", trace.feedForward.up)
    add(prefix + "activated", trace.feedForward.activated)
    add(prefix + "hidden", trace.feedForward.hidden)
    add(prefix + "output", trace.output)
    guard let quantization = trace.quantization else { return }
    add(prefix + "attentionGained", quantization.attentionGained)
    add(prefix + "feedForwardGained", quantization.feedForwardGained)
    add(quantization.attentionInput, prefix + "attentionInput")
    add(quantization.outputInput, prefix + "outputInput")
    add(quantization.feedForwardInput, prefix + "feedForwardInput")
    add(quantization.downInput, prefix + "downInput")
  }

  private mutating func add(_ trace: AbsoluteMaximumTrace, _ name: String) {
    add(name + ".maximum", trace.maximum)
    add(name + ".quantized", trace.quantized)
    add(name + ".rounding", trace.rounding)
  }
}
