/// The room left in every width of the integer model, by layer and tensor, over all traces recorded.
package struct Headroom: Equatable, Sendable {
  /// One tensor of one layer.
  package struct Entry: Equatable, Sendable {
    /// The layer, or nil for the head.
    package let layer: Int?
    /// The name in Docs/IntegerModel.md.
    package let tensor: String
    /// Bits the model has; signed tensors count the sign.
    package let width: Int
    /// Bits that the values seen need.
    package internal(set) var used: Int

    /// Bits left.
    package var left: Int { width - used }
  }

  /// In the order of the computation, layer by layer, then the head.
  package private(set) var entries: [Entry] = []

  private struct Place: Hashable {
    let layer: Int?
    let tensor: String
  }

  /// Where an entry is.
  private var indices: [Place: Int] = [:]

  /// Nothing recorded.
  package init() {}

  /// The entry with the fewest bits left, the first of equals; nil if nothing was recorded.
  package var tightest: Entry? { entries.min { $0.left < $1.left } }

  /// Takes the values of layer `layer` of a model with these constants.
  package mutating func record(_ trace: LayerTrace, layer: Int, parameters: QuantizationParameters) {
    let (narrow, wide) = (QuantizationParameters.activationWidth, QuantizationParameters.residualWidth)
    let (attention, feedForward) = (trace.attention, trace.feedForward)
    record(layer, "input", trace.input, width: wide)
    record(layer, "attentionNorm", trace.attentionNorm)
    for (name, tensor) in [
      ("query", attention.query), ("key", attention.key), ("value", attention.value),
      ("rotatedQuery", attention.rotatedQuery), ("rotatedKey", attention.rotatedKey),
    ] { record(layer, name, tensor.values, width: narrow) }
    if let quantization = trace.quantization {
      record(layer, "attentionInput", quantization.attentionGained.values, width: narrow)
      record(layer, "feedForwardInput", quantization.feedForwardGained.values, width: narrow)
    }
    record(layer, "maximum", attention.softmax.maximum, width: QuantizationParameters.scoreWidth)
    note(
      layer, "difference", used: attention.softmax.largestVisibleDifference.significantBits,
      width: QuantizationParameters.differenceLowBits + QuantizationParameters.differenceHighBits)
    record(layer, "attended", attention.attended.values, width: narrow)
    record(layer, "attentionOutput", trace.attentionOutput.values, width: wide)
    record(layer, "feedForwardNorm", trace.feedForwardNorm)
    record(layer, "gate", feedForward.gate.values, width: parameters.siluBits)
    record(layer, "up", feedForward.up.values, width: narrow)
    record(layer, "hidden", feedForward.hidden.values, width: narrow)
    record(layer, "output", trace.output.values, width: wide)
  }

  /// Takes the values of the head.
  package mutating func record(_ trace: HeadTrace) {
    record(nil, "headNorm", trace.norm)
    let largest = trace.gaps.reduce(0) { max($0, $1) }
    note(nil, "gaps", used: largest.significantBits, width: QuantizationParameters.gapBits)
  }

  private mutating func record(_ layer: Int?, _ name: String, _ norm: RMSNormTrace) {
    let largest = norm.inverseRoot.reduce(0) { max($0, $1) }
    note(
      layer, name + ".inverseRoot", used: largest.significantBits, width: QuantizationParameters.inverseRootBits)
    record(layer, name + ".normalized", norm.normalized.values, width: QuantizationParameters.activationWidth)
  }

  private mutating func record(_ layer: Int?, _ name: String, _ values: [Int32], width: Int) {
    var (low, high) = (Int32(0), Int32(0))
    for value in values {
      low = min(low, value)
      high = max(high, value)
    }
    note(layer, name, used: max(signedBits(Int64(low)), signedBits(Int64(high))), width: width)
  }

  private mutating func note(_ layer: Int?, _ tensor: String, used: Int, width: Int) {
    let place = Place(layer: layer, tensor: tensor)
    if let index = indices[place] {
      entries[index].used = max(entries[index].used, used)
    } else {
      indices[place] = entries.count
      entries.append(Entry(layer: layer, tensor: tensor, width: width, used: used))
    }
  }
}

extension Headroom {
  /// A table for people: a row for each tensor, with its width, the fewest bits left, and the bits left layer by layer.
  package var table: String {
    let layers = Set(entries.compactMap { $0.layer }).sorted()
    var names: [String] = []
    for entry in entries where !names.contains(entry.tensor) { names.append(entry.tensor) }
    var rows = [["tensor", "bits", "left"] + layers.map { "\($0)" }]
    for name in names {
      let found = entries.filter { $0.tensor == name }
      let left = found.map { $0.left }.min() ?? 0
      let cells = layers.map { layer in found.first { $0.layer == layer }.map { "\($0.left)" } ?? "" }
      rows.append([name, "\(found.first?.width ?? 0)", "\(left)"] + cells)
    }
    let widths = rows[0].indices.map { column in rows.reduce(0) { max($0, $1[column].count) } }
    let lines = rows.map { row -> String in
      var line = row[0] + String(repeating: " ", count: widths[0] - row[0].count)
      for column in row.indices.dropFirst() {
        line += String(repeating: " ", count: 2 + widths[column] - row[column].count) + row[column]
      }
      while line.last == " " { line.removeLast() }
      return line
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension SoftmaxTrace {
  /// The largest maximum - score over the keys that a query may see.
  var largestVisibleDifference: Int64 {
    if total.isEmpty { return 0 }
    // A trace of a whole text has as many queries as keys.
    let keys = differenceLow.count / total.count
    var largest: Int64 = 0
    for row in total.indices {
      for index in row * keys...row * keys + row % keys {
        let high = Int64(differenceHigh[index]) << Int64(QuantizationParameters.differenceLowBits)
        largest = max(largest, high + Int64(differenceLow[index]))
      }
    }
    return largest
  }
}

extension Int64 {
  /// Bits of a number that is not negative, 0 for 0.
  fileprivate var significantBits: Int { Int64.bitWidth - leadingZeroBitCount }
}
