/**
 * `riskpool/element`: registers `<risk-room>`.
 *
 * @example
 * import "riskpool/element";
 * // <risk-room src="/pool.json"></risk-room>
 */
import { defineRiskRoom } from "./risk-room.ts";

export { defineRiskRoom, type RiskRoomElement, type RiskRoomEventMap } from "./risk-room.ts";

void defineRiskRoom();
