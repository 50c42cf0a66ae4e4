// Package addresschange moves sites: a customer asks for it with a reason, staff approve or refuse.
//
//	preview, err := service.Preview(ctx, actor, deviceID)
//	change, err := service.Request(ctx, actor, operation, addresschange.Wish{DeviceID: id, Reason: "We moved", Address: to})
//	review, err := service.Review(ctx, staff, change.ID)
//	done, err := service.Approve(ctx, staff, operation, change.ID, addresschange.Approval{SeenAt: review.Now.UpdatedAt})
//
// A site moves as a whole: with every device of the account there, whoever follows them. What the address is only changes
// when staff approve.
//
// Guarantees:
//
//   - One change is pending for a site, whoever asks and however many at once.
//   - Approving is one transaction: site, delivery addresses and messages, or nothing.
//   - Deliveries go where they went: each device without a delivery address of its own first gets the old address as its
//     own. Open service requests keep the address they were opened with.
//   - Staff approve what they saw: a site that changed since is told as such, and looked at again.
//   - A customer sees changes of sites where they follow a device, and of the devices there those that they follow.
//
// The office asks on behalf of a customer with File, and approves that as anything else.
//
// RequestInTx is for whoever asks for a change as part of something else: a service request that is permanently elsewhere.
package addresschange
