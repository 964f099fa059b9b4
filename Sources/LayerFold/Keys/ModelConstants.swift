import Foundation
import Model

/// Everything public about a model but its name: shape, constants of the integer model, length of text, tokenizer.
struct ModelConstants: Sendable, Equatable {
  /// The shape.
  let configuration: ModelConfiguration
  /// The constants of the integer model.
  let parameters: QuantizationParameters
  /// Tokens of prompt and output together at most, from 2 to the number of positions.
  let maxTokens: Int
  /// The bytes of tokenizer.json.
  let tokenizerJSON: Data

  /// The largest tokenizer.json accepted, in bytes.
  static let tokenizerLimit = 1 << 27
}

extension ByteWriter {
  /// Appends constants: 8-byte integers and numbers in a fixed order, then the tokenizer after its length.
  mutating func write(_ constants: ModelConstants) {
    let shape = constants.configuration
    for number in [
      shape.hiddenSize, shape.intermediateSize, shape.layerCount, shape.attentionHeads, shape.keyValueHeads,
      shape.headDimension, shape.vocabularySize, shape.maximumPositions,
    ] { write(Int64(number)) }
    write(shape.normEpsilon)
    write(shape.rotaryTheta)
    write(UInt8(shape.tiesEmbeddings ? 1 : 0))
    write(Int64(shape.beginningToken ?? -1))
    write(count: shape.endTokens.count)
    for token in shape.endTokens { write(Int64(token)) }
    for number in constants.parameters.numbers { write(number) }
    write(Int64(constants.maxTokens))
    write(lengthPrefixed: constants.tokenizerJSON)
  }
}

extension ModelConstants {
  /// Reads what `ByteWriter.write` wrote and checks that it is consistent; throws `EncodingError` or `ModelError`.
  init(from reader: inout ByteReader) throws {
    func number(_ part: String) throws -> Int { Int(try reader.read(part) as Int64) }
    let (hidden, inner) = (try number("the hidden size"), try number("the feed-forward size"))
    let (layers, heads) = (try number("the number of layers"), try number("the number of heads"))
    let (keyHeads, dimension) = (try number("the number of key heads"), try number("the head size"))
    let (vocabulary, positions) = (try number("the vocabulary size"), try number("the largest position"))
    let epsilon = Double(bitPattern: try reader.read("the norm's epsilon"))
    let theta = Double(bitPattern: try reader.read("the rotary base"))
    let ties: UInt8 = try reader.read("the tie of embeddings")
    let beginning = try number("the beginning token")
    let ends = try (0..<reader.readCount("the number of stop tokens", in: 0...1 << 16))
      .map { _ in try number("a stop token") }
    guard ties <= 1, beginning >= -1, ends == Set(ends).sorted() else {
      throw EncodingError.outOfRange(part: "the model's shape")
    }
    configuration = ModelConfiguration(
      hiddenSize: hidden, intermediateSize: inner, layerCount: layers, attentionHeads: heads,
      keyValueHeads: keyHeads, headDimension: dimension, vocabularySize: vocabulary, maximumPositions: positions,
      normEpsilon: epsilon, rotaryTheta: theta, tiesEmbeddings: ties == 1,
      beginningToken: beginning == -1 ? nil : beginning, endTokens: ends)
    try configuration.validate()
    parameters = try QuantizationParameters(
      numbers: (0..<QuantizationParameters.numberCount).map { _ in try reader.read("the integer model's constants") })
    try parameters.validate(for: configuration)
    maxTokens = try number("the length of text")
    guard parameters.positions >= 2, (2...parameters.positions).contains(maxTokens) else {
      throw EncodingError.outOfRange(part: "the length of text")
    }
    tokenizerJSON = Data(try reader.readLengthPrefixed("the tokenizer", limit: Self.tokenizerLimit))
  }
}
