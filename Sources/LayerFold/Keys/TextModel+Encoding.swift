import Foundation
import Model

// The encoding of a text model: constants (see ModelConstants), then padding to 8 bytes, then the weights: embedding, layers,
// head. Those of 16 bits are little endian, row-major; a layer's are query, key, value, output, gate, up, down, and then its
// biases, if the model has any: query, key, value and perhaps output. A ternary
// layer has these matrices at five weights to a byte, its gains and multipliers of 16 bits, and zeros to an even length.

extension TextModel {
  /// Calls `body` with consecutive parts of the encoding of the whole model; the weights are not copied.
  func write(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    var writer = ByteWriter()
    writer.write(constants)
    writer.pad(to: 8)
    try writer.bytes.withUnsafeBytes(body)
    try forWeights(body)
  }

  /// Calls `body` with all weights in the order of the encoding, in consecutive parts.
  func forWeights(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    func write(_ matrix: WeightMatrix) throws { try matrix.withValues { try body(UnsafeRawBufferPointer($0)) } }
    try write(quantized.embedding)
    for layer in quantized.layers {
      if let encoded = Self.encoded(layer) {
        try encoded.withUnsafeBytes(body)
      } else {
        for matrix in layer.matrices.all { try write(matrix) }
        for bias in layer.biases?.all ?? [] { try Self.encoded(bias).withUnsafeBytes(body) }
      }
    }
    try write(quantized.head)
  }

  /// The encoding of a bias.
  private static func encoded(_ bias: [Int16]) -> [UInt8] {
    var writer = ByteWriter()
    for number in bias { writer.write(number) }
    return writer.bytes
  }

  /// The encoding of a ternary layer, nil for other layers.
  private static func encoded(_ layer: LayerWeights) -> [UInt8]? {
    guard let ternary = layer.ternary else { return nil }
    var writer = ByteWriter()
    for matrix in layer.matrices.all { writer.write(matrix.ternary?.bytes ?? Data()) }
    for number in ternary.attentionGain + ternary.feedForwardGain + ternary.multipliers.all { writer.write(number) }
    writer.pad(to: 2)
    return writer.bytes
  }

  /// Reads a ternary layer of a model of this shape; throws `EncodingError`.
  private static func ternaryLayer(
    _ name: String, _ shapes: PerProjection<(rows: Int, columns: Int)>, gains: Int, from reader: inout ByteReader
  ) throws -> LayerWeights {
    let packed = shapes.all.reduce(0) { $0 + TernaryWeights.byteCount($1.rows * $1.columns) }
    let length = packed + 2 * (2 * gains + shapes.all.count)
    var layer = ByteReader(try reader.read(length + length % 2, "the weights of \(name)"))
    let matrices = try shapes.map { shape in
      let count = shape.rows * shape.columns
      let bytes = try layer.read(TernaryWeights.byteCount(count), "the weights of \(name)")
      guard let weights = TernaryWeights(count: count, bytes: bytes) else {
        throw EncodingError.outOfRange(part: "a ternary weight of \(name)")
      }
      return WeightMatrix(rows: shape.rows, columns: shape.columns, ternary: weights)
    }
    let attention = try (0..<gains).map { _ in try layer.read("the gains of \(name)") as Int16 }
    let feedForward = try (0..<gains).map { _ in try layer.read("the gains of \(name)") as Int16 }
    let multipliers = try shapes.map { _ in try layer.read("the multipliers of \(name)") as Int16 }
    try layer.skipPadding(to: 2)
    try layer.finish()
    return LayerWeights(
      query: matrices.query, key: matrices.key, value: matrices.value, output: matrices.output, gate: matrices.gate,
      up: matrices.up, down: matrices.down,
      ternary: TernaryLayerWeights(
        attentionGain: attention, feedForwardGain: feedForward, multipliers: multipliers))
  }

  /// Reads a model that `write` wrote, up to the end of `data`; the weights stay in its storage.
  init(encoded data: Data) throws {
    var reader = ByteReader(data)
    let constants = try ModelConstants(from: &reader)
    try reader.skipPadding(to: 8)
    let configuration = constants.configuration
    let (hidden, inner) = (configuration.hiddenSize, configuration.intermediateSize)
    let (queries, keys) = (configuration.queryChannels, configuration.keyValueChannels)
    func matrix(_ name: String, _ rows: Int, _ columns: Int) throws -> WeightMatrix {
      WeightMatrix(
        rows: rows, columns: columns, littleEndianBytes: try reader.read(2 * rows * columns, "the weights of \(name)"))
    }
    let embedding = try matrix("the embedding", configuration.vocabularySize, hidden)
    let shapes = PerProjection<(rows: Int, columns: Int)>(
      query: (queries, hidden), key: (keys, hidden), value: (keys, hidden), output: (hidden, queries),
      gate: (inner, hidden), up: (inner, hidden), down: (hidden, inner))
    let isTernary = constants.parameters.ternary != nil
    let layers = try (0..<configuration.layerCount).map { index in
      let name = "layer \(index)"
      if isTernary { return try Self.ternaryLayer(name, shapes, gains: hidden, from: &reader) }
      let matrices = try shapes.map { try matrix(name, $0.rows, $0.columns) }
      let lengths = constants.parameters.biases?.projections.lengths(in: configuration)
      let biases = try lengths?.map { length in
        try (0..<length).map { _ in try reader.read("the biases of \(name)") as Int16 }
      }
      return LayerWeights(
        query: matrices.query, key: matrices.key, value: matrices.value, output: matrices.output, gate: matrices.gate,
        up: matrices.up, down: matrices.down, biases: biases)
    }
    let head = try matrix("the head", configuration.vocabularySize, hidden)
    try reader.finish()
    try self.init(
      tokenizerJSON: constants.tokenizerJSON,
      quantized: QuantizedModel(
        configuration: configuration, parameters: constants.parameters, embedding: embedding, layers: layers,
        head: head),
      maxTokens: constants.maxTokens)
  }

  /// What of the model is public.
  var constants: ModelConstants {
    ModelConstants(
      configuration: configuration, parameters: quantized.parameters, maxTokens: maxTokens,
      tokenizerJSON: tokenizerJSON)
  }
}
