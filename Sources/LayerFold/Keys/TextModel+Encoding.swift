import Foundation
import Model

// The encoding of a text model: constants (see ModelConstants), then padding to 8 bytes, then the 16-bit weights in little
// endian, row-major: embedding, then of every layer query, key, value, output, gate, up, down, then the head.

extension TextModel {
  /// Writes the whole model; `file` receives its weights without a copy.
  func write(to file: StagedFile) throws {
    var writer = ByteWriter()
    writer.write(constants)
    writer.pad(to: 8)
    try file.write(writer.bytes)
    for matrix in matrices { try matrix.withValues { try file.write(UnsafeRawBufferPointer($0)) } }
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
    let layers = try (0..<configuration.layerCount).map { index in
      LayerWeights(
        query: try matrix("layer \(index)", queries, hidden),
        key: try matrix("layer \(index)", keys, hidden),
        value: try matrix("layer \(index)", keys, hidden),
        output: try matrix("layer \(index)", hidden, queries),
        gate: try matrix("layer \(index)", inner, hidden),
        up: try matrix("layer \(index)", inner, hidden),
        down: try matrix("layer \(index)", hidden, inner))
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

  /// All weights in the order of the encoding.
  var matrices: [WeightMatrix] {
    [quantized.embedding]
      + quantized.layers.flatMap { [$0.query, $0.key, $0.value, $0.output, $0.gate, $0.up, $0.down] }
      + [quantized.head]
  }
}
