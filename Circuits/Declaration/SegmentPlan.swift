import Arguments

/// Where the tensors of one kind of step stand in its segments.
///
/// Every segment is filled with its tensors in order of falling size, those of equal size in order of declaration; so
/// each is aligned to its own size and no entry between them is lost. The weights end with the last one that is not padding:
/// whatever lies behind it in the last tensor is zero and not stored.
struct SegmentPlan: Sendable {
  /// A tensor that has no place yet.
  struct Shape: Sendable {
    let name: String
    let axes: [Axis]
    let segment: Segment
    var logSize: Int { axes.reduce(0) { $0 + $1.logSize } }
    /// The entries up to the last real one.
    var realCount: Int { 1 + IndexSpace(axes).fields.reduce(0) { $0 + ($1.axis.size - 1) << $1.shift } }
  }

  /// The entries each segment takes, by `Segment.rawValue`.
  let entries: [Int]
  /// log2 of the size of each segment's largest tensor, 0 without one, by `Segment.rawValue`.
  let largestLogs: [Int]
  /// The tensors in their places, largest first.
  let tensors: [Tensor]
  private let places: [String: Int]

  /// Places tensors of different names.
  init(_ shapes: [Shape]) {
    var entries = [Int](repeating: 0, count: Segment.allCases.count)
    var largestLogs = entries, ends = entries
    var tensors: [Tensor] = []
    var places: [String: Int] = [:]
    let falling = shapes.enumerated().sorted {
      ($1.element.logSize, $0.offset) < ($0.element.logSize, $1.offset)
    }
    for (_, shape) in falling {
      let segment = shape.segment.rawValue
      let tensor = Tensor(shape.name, shape.axes, in: shape.segment, at: entries[segment])
      precondition(places.updateValue(tensors.count, forKey: shape.name) == nil, "no two tensors have one name")
      tensors.append(tensor)
      ends[segment] = entries[segment] + shape.realCount
      entries[segment] += 1 << shape.logSize
      largestLogs[segment] = max(largestLogs[segment], shape.logSize)
    }
    entries[Segment.weights.rawValue] = ends[Segment.weights.rawValue]
    self.entries = entries
    self.largestLogs = largestLogs
    self.tensors = tensors
    self.places = places
  }

  /// The named tensor in its place.
  subscript(_ name: String) -> Tensor {
    guard let place = places[name] else { preconditionFailure("the tensor \(name) was declared") }
    return tensors[place]
  }
}

extension [Axis] {
  /// Two axes of a matrix that is the last tensor of its segment, in the order that leaves more of its padding behind the end.
  static func leastPadding(_ first: Axis, _ second: Axis) -> [Axis] {
    // The share of real indices along the slowest axis is what is stored.
    first.size << second.logSize <= second.size << first.logSize ? [first, second] : [second, first]
  }
}
